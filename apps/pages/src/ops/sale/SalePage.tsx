import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from 'wouter'
import { buttonClass } from '../../design/Button.tsx'
import { Empty } from '../../design/Empty.tsx'
import { Loading } from '../../design/Loading.tsx'
import { Panel } from '../../design/Panel.tsx'
import { ScrollBox } from '../../design/ScrollBox.tsx'
import { cellClass, headClass, tableClass } from '../../design/table.ts'
import { useFormat } from '../../language/LanguageContext.ts'
import { problemOfError, valueOf } from '../../server/problem.ts'
import { SaleActs } from '../acts/SaleActs.tsx'
import { isId } from '../is-id.ts'
import { StoryTold } from '../../story/StoryTold.tsx'
import { StateBadge } from '../live/items/StateBadge.tsx'
import { saleStanding } from '../live/model/sale-standing.ts'
import { useLiveStory } from '../live/items/use-live-story.ts'
import { linkClass, pathToItemOrders, pathToSaleTrail } from '../paths.ts'
import { ReadProblem } from '../ReadProblem.tsx'
import { useOpsSession } from '../session/OpsSession.ts'
import { useOpsWords } from '../words.ts'
import type { SaleView } from '@flash-sale/contract/sales'

const refreshEveryMs = 2_000

/** One sale, however long ago it was: its state, its items, and the ways to their orders and acts. */
export function SalePage() {
  const { saleId = '' } = useParams()
  const { client } = useOpsSession()
  const sale = useQuery({
    queryKey: ['ops', 'lists', 'sale', saleId],
    enabled: isId(saleId),
    queryFn: () => valueOf(client.readSale(Number(saleId))),
    refetchInterval: refreshEveryMs,
  })
  const isMissing = !isId(saleId) || (sale.isError && problemOfError(sale.error).code === 'SALE_NOT_FOUND')
  if (isMissing) return <NoSale saleId={saleId} />
  if (sale.data) return <SaleShown sale={sale.data} />
  if (sale.isError) return <ReadProblem problem={problemOfError(sale.error)} onRetry={() => void sale.refetch()} />
  return <Loading />
}

function NoSale({ saleId }: { readonly saleId: string }) {
  const { salePage: words, pages } = useOpsWords()
  return (
    <Empty
      icon="search"
      isPage
      title={words.none(saleId)}
      action={
        <Link href="/" className={buttonClass('plain')}>
          {pages.live}
        </Link>
      }
    />
  )
}

function SaleShown({ sale }: { readonly sale: SaleView }) {
  const words = useOpsWords()
  const format = useFormat()
  const { saleId, name, state, opensAt, closesAt } = sale
  return (
    <div className="mx-auto flex max-w-7xl flex-col gap-4">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <h1 className="text-title font-semibold">{name}</h1>
        <StateBadge standing={saleStanding(state, { available: availableOf(sale) })} />
        <SaleActs saleId={saleId} name={name} state={state} />
      </div>
      <p className="text-ink-soft">
        {words.trail.sale(String(saleId))} · {format.dateTime(opensAt)} – {format.dateTime(closesAt)} ·{' '}
        <Link href={pathToSaleTrail(saleId)} className={linkClass}>
          {words.pages.trail}
        </Link>
      </p>
      <StoryOfPage sale={sale} />
      <Panel title={words.salePage.items}>
        <ItemTable items={sale.items} />
      </Panel>
    </div>
  )
}

function StoryOfPage({ sale }: { readonly sale: SaleView }) {
  const { saleId, state } = sale
  const story = useLiveStory({ saleId, state, available: availableOf(sale) })
  if (!story?.isOver) return null
  return (
    <div className="rounded-panel border border-line bg-surface px-4 py-3 shadow-raised sm:px-5">
      <StoryTold story={story} />
    </div>
  )
}

function availableOf({ items }: Pick<SaleView, 'items'>): number {
  return items.reduce((all, item) => all + item.available, 0)
}

function ItemTable({ items }: Pick<SaleView, 'items'>) {
  const words = useOpsWords()
  const format = useFormat()
  const { columns } = words.salePage
  return (
    <ScrollBox label={words.salePage.items}>
      <table className={tableClass}>
        <thead>
          <tr>
            <th className={headClass}>{columns.item}</th>
            <th className={headClass}>{columns.sku}</th>
            <th className={`${headClass} text-right`}>{columns.price}</th>
            <th className={`${headClass} text-right`}>{columns.available}</th>
            <th className={`${headClass} text-right`}>{columns.total}</th>
            <th className={headClass}>{words.pages.orders}</th>
          </tr>
        </thead>
        <tbody>
          {items.map((item) => (
            <tr key={item.itemId} className="border-t border-line">
              <th scope="row" className={`${cellClass} max-w-[24rem] min-w-40 text-left font-semibold wrap-anywhere`}>
                {item.name}
              </th>
              <td className={`${cellClass} max-w-[16rem] min-w-32 wrap-anywhere`}>{item.sku}</td>
              <td className={`${cellClass} text-right`}>{format.price(item.priceCents, item.currency)}</td>
              <td className={`${cellClass} text-right`}>{format.count(item.available)}</td>
              <td className={`${cellClass} text-right`}>{format.count(item.total)}</td>
              <td className={`${cellClass} whitespace-nowrap`}>
                <Link href={pathToItemOrders(item.itemId)} className={linkClass}>
                  {words.pages.orders}
                </Link>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollBox>
  )
}
