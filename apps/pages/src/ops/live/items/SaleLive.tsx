import type { LiveItem } from '@flash-sale/contract/live'
import { useId, useState } from 'react'
import { SaleActs } from '../../acts/SaleActs.tsx'
import type { Crowd } from '../model/crowd.ts'
import type { LiveSale } from '../model/group-by-sale.ts'
import { saleStanding } from '../model/sale-standing.ts'
import { Disclosure } from './Disclosure.tsx'
import { ItemLive } from './ItemLive.tsx'
import { SaleCountdown } from './SaleCountdown.tsx'
import { SaleTold } from './SaleTold.tsx'
import { StateBadge } from './StateBadge.tsx'
import { StockInRow } from './StockInRow.tsx'

export interface SaleLiveProps {
  readonly sale: LiveSale
  readonly crowd: Crowd
  readonly isOpen: boolean
  readonly onToggle: (isOpen: boolean) => void
}

/** A sale with more items than this has one row for each. */
const itemsShownWholeMax = 3

/** One sale as a row: its next event, its stock and its light. Open, it has the buttons of its acts and its items too. */
export function SaleLive({ sale, crowd, isOpen, onToggle }: SaleLiveProps) {
  const id = useId()
  const { saleId, name, state, opensAt, closesAt, items } = sale
  return (
    <section aria-labelledby={id} className="@container rounded-panel border border-line bg-surface shadow-raised">
      <header className="flex flex-wrap items-center gap-x-3 gap-y-1.5 px-3 py-1.5 sm:px-4">
        {/* A name that leaves no room beside it has the row to itself, and the facts together have the next one. */}
        <h2 id={id} className="min-w-32 grow text-lead font-semibold">
          <Disclosure isOpen={isOpen} onToggle={onToggle}>
            {name}
          </Disclosure>
        </h2>
        <div className="flex flex-wrap items-center gap-x-3 gap-y-1 @lg:ml-auto">
          <StateBadge standing={saleStanding(state, sale)} />
          <SaleCountdown state={state} opensAt={opensAt} closesAt={closesAt} />
          {(!isOpen || items.length > 1) && <StockInRow {...sale} />}
        </div>
        {isOpen && <SaleActs saleId={saleId} name={name} state={state} />}
      </header>
      {isOpen && <SaleTold sale={sale} />}
      {isOpen &&
        (items.length <= itemsShownWholeMax
          ? items.map((item) => <ItemLive key={item.itemId} item={item} crowd={crowd} />)
          : items.map((item) => <ItemRow key={item.itemId} item={item} crowd={crowd} />))}
    </section>
  )
}

interface ItemRowProps {
  readonly item: LiveItem
  readonly crowd: Crowd
}

/** One item of many as a row. Open, it is shown whole. */
function ItemRow({ item, crowd }: ItemRowProps) {
  const [isOpen, setIsOpen] = useState(false)
  return (
    <>
      <div className="flex flex-wrap items-center gap-x-3 border-t border-line px-3 py-1 sm:px-4">
        <h3 className="min-w-40 flex-1 basis-52 font-medium">
          <Disclosure isOpen={isOpen} onToggle={setIsOpen}>
            {item.name}
          </Disclosure>
        </h3>
        <StockInRow {...item} />
      </div>
      {isOpen && <ItemLive item={item} crowd={crowd} />}
    </>
  )
}
