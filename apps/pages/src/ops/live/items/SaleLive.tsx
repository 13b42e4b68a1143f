import { useId } from 'react'
import { SaleActs } from '../../acts/SaleActs.tsx'
import type { Crowd } from '../model/crowd.ts'
import { SaleCountdown } from './SaleCountdown.tsx'
import { StateBadge } from './StateBadge.tsx'
import { ItemLive } from './ItemLive.tsx'
import type { LiveSale } from '../model/group-by-sale.ts'

export interface SaleLiveProps {
  readonly sale: LiveSale
  readonly crowd: Crowd
}

/** One sale: its next event, the buttons of its acts, and its items. */
export function SaleLive({ sale, crowd }: SaleLiveProps) {
  const id = useId()
  const { saleId, name, state, opensAt, closesAt, items } = sale
  return (
    <section aria-labelledby={id} className="rounded-panel border border-line bg-surface shadow-raised">
      <header className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3 sm:px-5">
        <h2 id={id} className="text-title font-semibold">
          {name}
        </h2>
        <StateBadge state={state} />
        <SaleCountdown state={state} opensAt={opensAt} closesAt={closesAt} />
        <div className="ml-auto">
          <SaleActs saleId={saleId} name={name} state={state} />
        </div>
      </header>
      {items.map((item) => (
        <ItemLive key={item.itemId} item={item} crowd={crowd} />
      ))}
    </section>
  )
}
