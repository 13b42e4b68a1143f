import type { OrderView } from '@flash-sale/contract/orders'
import type { ItemView } from '@flash-sale/contract/sales'
import { useWords } from '../../language/words.ts'
import type { Offer } from './offer.ts'
import { OrderNews } from '../orders/OrderNews.tsx'
import type { PurchaseState } from './purchase.ts'
import { PurchaseNews } from './PurchaseNews.tsx'
import { shopWords } from '../words.ts'

interface BuyStatusProps {
  readonly id: string
  readonly item: ItemView
  readonly state: PurchaseState
  readonly offer: Offer
  /** The units that are left, if they are fewer than the buyer wants. */
  readonly leftCount: number | undefined
  /** The buyer's last order of the item. */
  readonly lastOrder: OrderView | undefined
}

/** Tells in words what the press led to. Its room is reserved from the start, so that nothing moves when text appears. */
export function BuyStatus({ id, item, state, offer, leftCount, lastOrder }: BuyStatusProps) {
  const words = useWords(shopWords)
  const isQuiet = state.kind === 'ready' || state.kind === 'signedOut'
  return (
    <div id={id} role="status" className="min-h-48">
      <PurchaseNews state={state} leftCount={leftCount} isSoldOut={offer === 'SOLD_OUT'} />
      {isQuiet && lastOrder && <OrderNews key={lastOrder.orderId} order={lastOrder} item={item} />}
      {isQuiet && !lastOrder && (
        <p className="px-1 text-center text-small text-balance text-ink-soft">{words.hint[offer]}</p>
      )}
    </div>
  )
}
