import type { MoneyOfOrder } from '@flash-sale/contract/payments'
import { useFormat } from '../../language/LanguageContext.ts'
import { useWords } from '../../language/words.ts'
import { paymentsWords } from '../payments/payments-words.ts'
import { tellMoney } from './tell-money.ts'

/** What became of money that came too late for an order, or that goes back. */
export function MoneyTold({ money }: { readonly money: MoneyOfOrder }) {
  const { money: words } = useWords(paymentsWords)
  const format = useFormat()
  const isFailing = money.refundState === 'failing'
  return (
    <p className={`min-w-36 text-small ${isFailing ? 'text-bad' : 'text-ink-soft'}`}>
      {tellMoney(money, words, format.price(money.amount, money.currency))}
    </p>
  )
}
