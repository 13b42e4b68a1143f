import type { OrderStatus } from '@flash-sale/contract/order-statuses'
import type { OrderView } from '@flash-sale/contract/orders'
import type { ItemView } from '@flash-sale/contract/sales'
import { Icon, type IconName } from '../../design/Icon.tsx'
import { useFormat } from '../../language/LanguageContext.ts'
import { useWords } from '../../language/words.ts'
import type { ShopSession } from '../session/shop-session.ts'
import { isUnpaid } from './order-lists.ts'
import { UnpaidOrder } from './UnpaidOrder.tsx'
import { useFollowedOrder } from './use-followed-order.ts'
import { shopWords } from '../words.ts'

const looks: Readonly<Record<OrderStatus, { icon: IconName; look: string }>> = {
  accepted: { icon: 'clock', look: 'text-accent' },
  confirmed: { icon: 'check', look: 'text-good' },
  paid: { icon: 'check', look: 'text-good' },
  cancelled: { icon: 'cross', look: 'text-ink-soft' },
  expired: { icon: 'clock', look: 'text-ink-soft' },
  rejected: { icon: 'warning', look: 'text-bad' },
}

/** An order that waits for its money is not done, whatever its status is called. */
const unpaidLook = { icon: 'clock', look: 'text-caution' } as const

interface OrderCardProps {
  readonly session: ShopSession
  readonly order: OrderView
  /** True: the order's stream is followed. False: the order is read repeatedly, since a browser allows few streams. */
  readonly isLive: boolean
  /** The item, if this page has read it. */
  readonly item: ItemView | undefined
}

/** One of the buyer's orders, followed live until its last status. */
export function OrderCard({ session, order: given, isLive, item }: OrderCardProps) {
  const words = useWords(shopWords)
  const format = useFormat()
  const order = useFollowedOrder(session, given, isLive)
  const isToPay = isUnpaid(order)
  const { icon, look } = isToPay ? unpaidLook : looks[order.status]
  return (
    <li className="flex flex-col gap-2 px-4 py-3 sm:px-5">
      <div className="flex items-start justify-between gap-4">
        <div className="min-w-0">
          <p className="line-clamp-3 font-semibold">{item?.name ?? words.order.itemUnknown(String(order.itemId))}</p>
          <p className="text-small text-ink-soft">
            {words.units(format.count(order.quantity), order.quantity)}
            {item && ` · ${format.price(item.priceCents * order.quantity, item.currency)}`}
          </p>
        </div>
        <p className={`flex shrink-0 items-center gap-1.5 text-small font-medium ${look}`}>
          <Icon name={icon} />
          {isToPay ? words.unpaid.state : words.order[order.status]}
        </p>
      </div>
      <p className="flex flex-wrap justify-between gap-x-4 text-small text-ink-soft">
        <span>{order.number === undefined ? words.order.numberPending : words.order.number(String(order.number))}</span>
        <time dateTime={order.acceptedAt}>{format.dateTime(order.acceptedAt)}</time>
      </p>
      {order.status === 'cancelled' && <p className="text-small text-ink-soft">{words.order.moneyBack}</p>}
      {isToPay && (
        <div className="flex flex-wrap justify-end gap-2">
          <UnpaidOrder session={session} order={order} />
        </div>
      )}
    </li>
  )
}
