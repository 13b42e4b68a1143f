import type { SaleView } from '@flash-sale/contract/sales'
import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { Link, useParams } from 'wouter'
import { buttonClass } from '../../design/Button.tsx'
import { Empty } from '../../design/Empty.tsx'
import { Loading } from '../../design/Loading.tsx'
import { Panel } from '../../design/Panel.tsx'
import { useFormat } from '../../language/LanguageContext.ts'
import { problemOfError, valueOf } from '../../server/problem.ts'
import { SaleActs } from '../acts/SaleActs.tsx'
import { isId } from '../is-id.ts'
import { StoryTold } from '../../story/StoryTold.tsx'
import { SaleTold } from '../live/items/SaleTold.tsx'
import { StateBadge } from '../live/items/StateBadge.tsx'
import { useLiveStory } from '../live/items/use-live-story.ts'
import { useFreshness } from '../live/model/freshness.ts'
import { groupBySale, type LiveSale } from '../live/model/group-by-sale.ts'
import { useLiveItems } from '../live/model/live-cache.ts'
import { saleStanding } from '../live/model/sale-standing.ts'
import { wholeSale } from '../live/model/whole-sale.ts'
import { linkClass, pathToSaleTrail } from '../paths.ts'
import { ReadProblem } from '../ReadProblem.tsx'
import { useOpsSession } from '../session/OpsSession.ts'
import { useOpsWords } from '../words.ts'
import { SaleItems } from './SaleItems.tsx'

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
  const live = useLiveSale(saleId)
  const whole = wholeSale(live, sale.items.length)
  return (
    <div className="mx-auto flex max-w-7xl flex-col gap-4">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <h1 className="text-title font-semibold">{name}</h1>
        <StateBadge standing={saleStanding(state, { available: availableOf(sale), invariant: whole?.invariant })} />
        <SaleActs saleId={saleId} name={name} state={state} />
      </div>
      <p className="text-ink-soft">
        {words.trail.sale(String(saleId))} · {format.dateTime(opensAt)} – {format.dateTime(closesAt)} ·{' '}
        <Link href={pathToSaleTrail(saleId)} className={linkClass}>
          {words.pages.trail}
        </Link>
      </p>
      {whole ? (
        <div className="rounded-panel border border-line bg-surface shadow-raised *:first:border-t-0 empty:hidden">
          <SaleTold sale={whole} countsBuyers />
        </div>
      ) : (
        <StoryOfPage sale={sale} />
      )}
      <Panel title={words.salePage.items}>
        <SaleItems items={sale.items} live={live} />
      </Panel>
    </div>
  )
}

/** What the live view has of the sale: all its items, some of them, or nothing. Undefined also while the live view is not fresh. */
function useLiveSale(saleId: number): LiveSale | undefined {
  const items = useLiveItems()
  const isLive = useFreshness().kind === 'live'
  return useMemo(
    () => (isLive && items ? groupBySale(items.filter((item) => item.saleId === saleId))[0] : undefined),
    [items, isLive, saleId],
  )
}

/** The story of a sale that the live view does not have as a whole. */
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
