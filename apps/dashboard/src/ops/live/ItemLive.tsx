import type { LiveItem } from '@flash-sale/contract/live'
import { memo } from 'react'
import { useFormat } from '../../language/LanguageContext.ts'
import { ItemActs } from '../acts/ItemActs.tsx'
import { useOpsWords } from '../words.ts'
import { InvariantLight } from './InvariantLight.tsx'
import { LockHolder } from './LockHolder.tsx'
import { SellingTime } from './SellingTime.tsx'
import { StockBar } from './StockBar.tsx'

export interface ItemLiveProps {
  readonly item: LiveItem
  /** There is room: what is left is set to be read across a room. */
  readonly large: boolean
}

/** One item: what is left of it, where its units are, whether they add up, and what can be done with it. */
export const ItemLive = memo(function ItemLive({ item, large }: ItemLiveProps) {
  const words = useOpsWords().item
  const format = useFormat()
  return (
    <article aria-label={item.name} className="flex flex-col gap-3 border-t border-line px-4 py-4 sm:px-5">
      <header className="flex flex-wrap items-start justify-between gap-x-4 gap-y-2">
        <div>
          <h3 className="text-lead font-semibold">{item.name}</h3>
          <p className="text-small text-ink-soft">
            {words.sku} {item.sku} · {words.price} {format.price(item.priceCents)} ·{' '}
            {words.limit(format.count(item.purchaseLimit))}
          </p>
        </div>
        <InvariantLight invariant={item.invariant} {...(item.faults && { faults: item.faults })} />
      </header>
      <div className="flex flex-wrap items-end justify-between gap-x-6 gap-y-2">
        <StockLeft item={item} large={large} />
        <SellingTime item={item} />
      </div>
      <StockBar item={item} />
      <footer className="flex flex-wrap items-center justify-between gap-x-6 gap-y-1">
        <div className="min-h-8 grow">{item.lock && <LockHolder lock={item.lock} />}</div>
        <ItemActs item={item} />
      </footer>
    </article>
  )
})

function StockLeft({ item, large }: ItemLiveProps) {
  const words = useOpsWords().item
  const format = useFormat()
  const taken = item.total === 0 ? 0 : (item.total - item.available) / item.total
  return (
    <p className="flex flex-wrap items-baseline gap-x-3">
      <span className={`font-semibold tracking-tight ${large ? 'text-display' : 'text-figure'}`}>
        {format.count(item.available)}
      </span>
      <span className="whitespace-nowrap text-ink-soft">
        {item.available === 0 ? words.soldOut : words.leftOf(format.count(item.total))}
        {item.available > 0 && taken > 0 && ` · ${words.sold(format.percent(taken))}`}
      </span>
    </p>
  )
}
