import { memo, useMemo, useState } from 'react'
import { Link } from 'wouter'
import { buttonClass } from '../../../design/Button.tsx'
import { Empty } from '../../../design/Empty.tsx'
import { Icon } from '../../../design/Icon.tsx'
import { useFormat } from '../../../language/LanguageContext.ts'
import { useServerMinute } from '../../../server/use-server-clock.ts'
import { useOpsWords } from '../../words.ts'
import { crowdOf } from '../model/crowd.ts'
import { groupBySale, type LiveSale } from '../model/group-by-sale.ts'
import { useBusyItems, useLiveItems } from '../model/live-cache.ts'
import { filterSales, sortSales } from '../model/sort-sales.ts'
import { SaleLive } from './SaleLive.tsx'
import { SalesFilter } from './SalesFilter.tsx'

/** So few items are all shown whole. With more, each sale is one row until it is opened, and closed ones are folded. */
const shownWholeMax = 6
/** A filter is worth its place from so many sales on. */
const filteredMin = 8

/** Every sale with its stock: busy ones first, closed ones folded. Sales that ended long ago are left out. */
export const Sales = memo(function Sales() {
  const items = useLiveItems()
  const busy = useBusyItems()
  const nowMs = useServerMinute()
  const [text, setText] = useState('')
  const [chosen, setChosen] = useState<ReadonlyMap<number, boolean>>(new Map())
  const sales = useMemo(() => groupBySale(items ?? []), [items])
  const sorted = useMemo(() => sortSales(filterSales(sales, text), busy, nowMs), [sales, text, busy, nowMs])
  if (!items || sales.length === 0) return <NoSales isHeard={items !== undefined} />
  const isWhole = items.length <= shownWholeMax
  const isFolded = ({ state, invariant }: LiveSale) =>
    !isWhole && state === 'closed' && invariant !== 'broken' && text === ''
  const [shown, folded] = [sorted.filter((sale) => !isFolded(sale)), sorted.filter(isFolded)]
  const rowOf = (sale: LiveSale, isOpenFirst: boolean) => (
    <SaleLive
      key={sale.saleId}
      sale={sale}
      crowd={crowdOf(items.length)}
      isOpen={chosen.get(sale.saleId) ?? isOpenFirst}
      onToggle={(isOpen) => setChosen(new Map(chosen).set(sale.saleId, isOpen))}
    />
  )
  return (
    <>
      {sales.length >= filteredMin && <SalesFilter text={text} foundCount={sorted.length} onText={setText} />}
      <div className={`flex flex-col ${isWhole ? 'gap-3 sm:gap-4' : 'gap-1.5'}`}>
        {shown.map((sale) => rowOf(sale, isWhole))}
      </div>
      {folded.length > 0 && <Folded count={folded.length}>{folded.map((sale) => rowOf(sale, false))}</Folded>}
    </>
  )
})

function Folded({ count, children }: { readonly count: number; readonly children: React.ReactNode }) {
  const words = useOpsWords().sales
  const format = useFormat()
  return (
    <details>
      <summary className="cursor-pointer px-4 py-2 text-ink-soft sm:px-5">{words.closed(format.count(count))}</summary>
      <div className="flex flex-col gap-1.5 pt-1.5">{children}</div>
    </details>
  )
}

function NoSales({ isHeard }: { readonly isHeard: boolean }) {
  const words = useOpsWords()
  return (
    <div className="rounded-panel border border-dashed border-edge">
      {isHeard ? (
        <Empty
          icon="box"
          title={words.sales.none}
          action={
            <Link href="/new-sale" className={buttonClass('primary')}>
              <Icon name="plus" />
              {words.pages.newSale}
            </Link>
          }
        >
          {words.sales.noneAdvice}
        </Empty>
      ) : (
        <Empty icon="clock" title={words.sales.waiting} />
      )}
    </div>
  )
}
