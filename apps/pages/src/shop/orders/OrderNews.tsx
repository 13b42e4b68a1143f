import { orderStatusFacts } from '@flash-sale/contract/order-statuses'
import type { OrderView } from '@flash-sale/contract/orders'
import type { ItemView } from '@flash-sale/contract/sales'
import { Notice } from '../../design/Notice.tsx'
import { useFormat } from '../../language/LanguageContext.ts'
import { useWords } from '../../language/words.ts'
import { useOrderNow } from './use-followed-order.ts'
import { Receipt } from './Receipt.tsx'
import { shopWords } from '../words.ts'

/** Tells the status of the buyer's last order of an item, with its receipt. */
export function OrderNews({ order: given, item }: { readonly order: OrderView; readonly item: ItemView }) {
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
  const isOver = ofOrder === 'returned'
  const advice = number === undefined ? words.acceptedAdvice : words.confirmedAdvice(String(number))
  return (
    <Notice kind={isOver ? 'info' : 'good'} title={`${words[status]} · ${units}`}>
      {!isOver && (
        <>
          <p>{advice}</p>
          <p>{status === 'confirmed' && payBy ? unpaid.payUntil(format.dateTime(payBy)) : words.next[status]}</p>
          <Receipt order={order} item={item} />
        </>
      )}
    </Notice>
  )
}
