import { orderStatusFacts } from '@flash-sale/contract/order-statuses'
import type { OrderView } from '@flash-sale/contract/orders'
import type { ItemView } from '@flash-sale/contract/sales'
import { Notice } from '../../design/Notice.tsx'
import { useFormat } from '../../language/LanguageContext.ts'
import { useWords } from '../../language/words.ts'
import { useOrderNow } from './use-followed-order.ts'
import { isUnpaid } from './order-lists.ts'
import { PayButton } from './PayButton.tsx'
import { Receipt } from './Receipt.tsx'
import type { ShopSession } from '../session/shop-session.ts'
import { shopWords } from '../words.ts'

interface OrderNewsProps {
  readonly order: OrderView
  readonly item: ItemView
  /** Whether an order has to be paid once it is saved. */
  readonly takesPayment: boolean
  /** Undefined while the page does not know the buyer; null if nobody is signed in. */
  readonly session: ShopSession | null | undefined
}

/** Tells the status of the buyer's last order of an item, with its receipt. */
export function OrderNews({ order: given, item, takesPayment, session }: OrderNewsProps) {
  const { order: words, unpaid } = useWords(shopWords)
  const format = useFormat()
  const order = useOrderNow(given)
  const { status, number, quantity, payBy } = order
  const units = useWords(shopWords).units(format.count(quantity), quantity)
  const { units: ofOrder } = orderStatusFacts[status]
  if (ofOrder === 'refused') {
    return (
      <Notice kind="bad" title={words[status]}>
        {words.rejectedAdvice}
      </Notice>
    )
  }
  if (isUnpaid(order)) {
    const [id, until] = [String(number), format.dateTime(payBy ?? '')]
    return (
      <Notice
        kind="caution"
        title={`${unpaid.state} · ${units}`}
        action={session && <PayButton session={session} orderId={order.orderId} />}
      >
        <p>{unpaid.keptUntil(id, until)}</p>
        <Receipt order={order} item={item} />
      </Notice>
    )
  }
  if (takesPayment && status === 'accepted') {
    return (
      <Notice kind="info" title={`${words.accepted} · ${units}`}>
        <p>{unpaid.comesNext}</p>
        <Receipt order={order} item={item} />
      </Notice>
    )
  }
  if (ofOrder === 'returned') {
    return (
      <Notice kind="info" title={`${words[status]} · ${units}`}>
        <p>{words.next[status]}</p>
        {status === 'cancelled' && <p>{words.moneyBack}</p>}
        <Receipt order={order} item={item} />
      </Notice>
    )
  }
  const advice = number === undefined ? words.acceptedAdvice : words.confirmedAdvice(String(number))
  return (
    <Notice kind="good" title={`${words[status]} · ${units}`}>
      <p>{advice}</p>
      <p>{words.next[status]}</p>
      <Receipt order={order} item={item} />
    </Notice>
  )
}
