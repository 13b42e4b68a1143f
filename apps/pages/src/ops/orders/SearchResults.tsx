import type { SearchResult } from '@flash-sale/contract/search'
import { useQuery } from '@tanstack/react-query'
import { Link } from 'wouter'
import { Empty } from '../../design/Empty.tsx'
import { Loading } from '../../design/Loading.tsx'
import { Panel } from '../../design/Panel.tsx'
import { useFormat } from '../../language/LanguageContext.ts'
import { problemOfError, valueOf } from '../../server/problem.ts'
import { linkClass, pathToSale } from '../paths.ts'
import { ReadProblem } from '../ReadProblem.tsx'
import { useOpsSession } from '../session/OpsSession.ts'
import { useOpsWords } from '../words.ts'
import { OrderTable } from './OrderTable.tsx'

/** The orders, items and sales that a text names. */
export function SearchResults({ text }: { readonly text: string }) {
  const words = useOpsWords().orders
  const { client } = useOpsSession()
  const found = useQuery({
    queryKey: ['ops', 'lists', 'search', text],
    queryFn: () => valueOf(client.search(text)),
  })
  if (found.isPending) return <Loading />
  if (found.isError) return <ReadProblem problem={problemOfError(found.error)} onRetry={() => void found.refetch()} />
  const { orders, items, sales } = found.data
  if (orders.length + items.length + sales.length === 0) {
    return (
      <Empty icon="search" title={words.nothing(text)}>
        {words.noneAdvice}
      </Empty>
    )
  }
  return (
    <>
      {sales.length > 0 && <FoundSales sales={sales} />}
      {items.length > 0 && <FoundItems items={items} />}
      {orders.length > 0 && (
        <Panel title={words.found}>
          <OrderTable orders={orders} />
        </Panel>
      )}
    </>
  )
}

function FoundSales({ sales }: Pick<SearchResult, 'sales'>) {
  const words = useOpsWords().orders
  const format = useFormat()
  return (
    <Panel title={words.foundSales}>
      <ul className="flex flex-col gap-1 px-4 pb-4 sm:px-5">
        {sales.map(({ saleId, name, opensAt }) => (
          <li key={saleId}>
            <Link href={pathToSale(saleId)} className={linkClass}>
              {name}
            </Link>{' '}
            <span className="text-small text-ink-soft">{words.ofSale(String(saleId), format.dateTime(opensAt))}</span>
          </li>
        ))}
      </ul>
    </Panel>
  )
}

function FoundItems({ items }: Pick<SearchResult, 'items'>) {
  const words = useOpsWords().orders
  return (
    <Panel title={words.foundItems}>
      <ul className="flex flex-col gap-1 px-4 pb-4 sm:px-5">
        {items.map(({ itemId, name, sku, saleId, saleName }) => (
          <li key={itemId}>
            <Link href={pathToSale(saleId)} className={linkClass}>
              {name}
            </Link>{' '}
            <span className="text-small text-ink-soft">{words.ofItem(String(itemId), sku, saleName)}</span>
          </li>
        ))}
      </ul>
    </Panel>
  )
}
