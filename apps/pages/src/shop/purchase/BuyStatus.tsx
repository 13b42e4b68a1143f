import type { OrderView } from '@flash-sale/contract/orders'
import type { ItemView } from '@flash-sale/contract/sales'
import { useWords } from '../../language/words.ts'
import type { Offer } from './offer.ts'
import { OrderNews } from '../orders/OrderNews.tsx'
import type { PurchaseState } from './purchase.ts'
import { PurchaseNews } from './PurchaseNews.tsx'
import type { ShopSession } from '../session/shop-session.ts'
import { shopWords } from '../words.ts'

interface BuyStatusProps {
  readonly id: string
  readonly item: ItemView
  readonly state: PurchaseState
  readonly offer: Offer
  /** The units that are left, if they are fewer than the buyer wants. */
  readonly leftCount: number | undefined
  /** The buyer's own orders, the newest first. */
  readonly orders: readonly OrderView[]
  /** Whether an order has to be paid once it is saved. */
  readonly takesPayment: boolean
  /** Undefined while the page does not know the buyer; null if nobody is signed in. */
  readonly session: ShopSession | null | undefined
}

/** Tells in words what the press led to. */
export function BuyStatus({ id, item, state, offer, leftCount, orders, takesPayment, session }: BuyStatusProps) {
  const words = useWords(shopWords)
  const lastOrder = orders.find(({ itemId }) => itemId === item.itemId)
  const isQuiet = state.kind === 'ready' || state.kind === 'signedOut'
  return (
    <div id={id} role="status">
      <PurchaseNews state={state} leftCount={leftCount} isSoldOut={offer === 'SOLD_OUT'} orders={orders} />
      {isQuiet && lastOrder && (
        <OrderNews
          key={lastOrder.orderId}
          order={lastOrder}
          item={item}
          takesPayment={takesPayment}
          session={session}
        />
      )}
      {isQuiet && !lastOrder && (
        <p className="px-1 text-center text-small text-balance text-ink-soft">{words.hint[offer]}</p>
      )}
    </div>
  )
}
