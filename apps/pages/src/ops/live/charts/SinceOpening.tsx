import { useQuery } from '@tanstack/react-query'
import { useId, useMemo, useState } from 'react'
import { valueOf } from '../../../server/problem.ts'
import { serverClock, useServerMinute } from '../../../server/use-server-clock.ts'
import { useOpsSession } from '../../session/OpsSession.ts'
import { useOpsWords } from '../../words.ts'
import { useLiveStory } from '../items/use-live-story.ts'
import { groupBySale, type LiveSale } from '../model/group-by-sale.ts'
import { useBusyItems, useLiveItems } from '../model/live-cache.ts'
import { saleStanding } from '../model/sale-standing.ts'
import { sortSales } from '../model/sort-sales.ts'
import { dropMarks, dropRates, endOfDrop } from './drop-samples.ts'
import { MarkList } from './MarkList.tsx'
import { RateChart } from './RateChart.tsx'
import { RefusalChart } from './RefusalChart.tsx'
import { useChartKinds } from './use-chart-kinds.ts'

const none: readonly never[] = []
const readEveryMs = 2_000

/** The orders of one sale since its opening: the busiest one, unless the operator chooses another. */
export function SinceOpening() {
  const words = useOpsWords().charts
  const items = useLiveItems() ?? none
  const busy = useBusyItems()
  const nowMs = useServerMinute()
  const [chosenId, choose] = useState<number>()
  const begun = useMemo(() => groupBySale(items).filter(({ state }) => state !== 'scheduled'), [items])
  const [busiest] = useMemo(() => sortSales(begun, busy, nowMs), [begun, busy, nowMs])
  const sale = begun.find(({ saleId }) => saleId === chosenId) ?? busiest
  if (!sale) return <p className="px-4 pb-4 text-ink-soft sm:px-5">{words.noneOpened}</p>
  return (
    <>
      {begun.length > 1 && <SaleChoice sales={begun} chosen={sale} onChoose={choose} />}
      <DropCharts key={sale.saleId} sale={sale} />
    </>
  )
}

interface SaleChoiceProps {
  readonly sales: readonly LiveSale[]
  readonly chosen: LiveSale
  readonly onChoose: (saleId: number) => void
}

function SaleChoice({ sales, chosen, onChoose }: SaleChoiceProps) {
  const words = useOpsWords().charts
  const id = useId()
  return (
    <p className="flex flex-wrap items-center gap-x-3 gap-y-1 px-4 pb-1 sm:px-5 col-span-full">
      <label htmlFor={id} className="text-small text-ink-soft">
        {words.ofSale}
      </label>
      <select
        id={id}
        value={chosen.saleId}
        onChange={(event) => onChoose(Number(event.target.value))}
        className="h-9 max-w-full min-w-0 rounded-control border border-edge bg-surface px-2"
      >
        {sales.map(({ saleId, name }) => (
          <option key={saleId} value={saleId}>
            {name}
          </option>
        ))}
      </select>
    </p>
  )
}

function DropCharts({ sale }: { readonly sale: LiveSale }) {
  const words = useOpsWords().charts
  const { client } = useOpsSession()
  const { drop: kind } = useChartKinds()
  const { saleId, name, state, items, opensAt, closesAt } = sale
  const isSoldOut = saleStanding(state, sale) === 'soldOut'
  const { data: drop } = useQuery({
    queryKey: ['ops', 'live', 'drop', saleId],
    queryFn: () => valueOf(client.readDrop(saleId)),
    refetchInterval: readEveryMs,
  })
  const soldOut = useLiveStory(sale)?.soldOut ?? none
  const rates = useMemo(
    () =>
      drop && dropRates(drop, Date.parse(opensAt), endOfDrop(drop, { closesAt, isSoldOut, nowMs: serverClock.now() })),
    [drop, opensAt, closesAt, isSoldOut],
  )
  const itemNames = useMemo(() => new Map(items.map((item) => [item.itemId, item.name])), [items])
  const marks = useMemo(
    () => (drop ? dropMarks(drop, soldOut, name, itemNames) : none),
    [drop, soldOut, name, itemNames],
  )
  if (drop && !rates) return <p className="px-4 pb-4 text-ink-soft sm:px-5 col-span-full">{words.noCounts}</p>
  const shared = {
    samples: rates?.samples ?? none,
    spanSeconds: rates?.spanSeconds ?? 60,
    stepSeconds: rates?.stepSeconds ?? 1,
  }
  return (
    <>
      <RateChart {...shared} {...kind} about={words.since} marks={marks} nothing={words.nothingMeasured} wide />
      <MarkList marks={marks} />
      <RefusalChart {...shared} about={words.since} wide />
    </>
  )
}
