import type { MoneyOfOrder } from '@flash-sale/contract/payments'
import type { PaymentsWords } from '../payments/payments-words.ts'

/** What became of money, in a sentence or two. `amount` is the money as people write it. */
export function tellMoney(
  { isLate, state, refundState }: Pick<MoneyOfOrder, 'isLate' | 'state' | 'refundState'>,
  words: PaymentsWords['money'],
  amount: string,
): string {
  const fate = refundState ? words.refunds[refundState] : state === 'late' ? words.buysAgain : words.boughtAnother
  return `${isLate ? words.cameLate : ''}${fate(amount)}`
}
