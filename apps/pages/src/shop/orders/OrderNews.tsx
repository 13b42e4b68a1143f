import { orderStatusFacts } from '@flash-sale/contract/order-statuses'
import type { OrderView } from '@flash-sale/contract/orders'
import { Notice } from '../../design/Notice.tsx'
import { useFormat } from '../../language/LanguageContext.ts'
import { useWords } from '../../language/words.ts'
import { useOrderNow } from './use-followed-order.ts'
import { shopWords } from '../words.ts'

/** Tells the status of the buyer's last order of an item. */
export function OrderNews({ order }: { readonly order: OrderView }) {
  const words = useWords(shopWords).order
  const format = useFormat()
  const { status, number, quantity } = useOrderNow(order)
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
      {isOver ? undefined : advice}
    </Notice>
  )
}
