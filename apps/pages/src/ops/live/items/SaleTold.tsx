import { useFormat } from '../../../language/LanguageContext.ts'
import { useOpsWords } from '../../words.ts'
import type { LiveSale } from '../model/group-by-sale.ts'
import { StoryOfLiveSale } from './StoryOfLiveSale.tsx'
import { sumsOf } from '../model/sale-sums.ts'

/** What there is to tell of a sale that has opened: what it has come to, and its story once it is over. */
export function SaleTold({ sale }: { readonly sale: LiveSale }) {
  if (sale.state === 'scheduled') return null
  const isOver = sale.state === 'closed' || sale.available === 0
  return (
    <>
      <Sums sale={sale} />
      {isOver && <StoryOfLiveSale sale={sale} />}
    </>
  )
}

function Sums({ sale }: { readonly sale: LiveSale }) {
  const words = useOpsWords().sums
  const format = useFormat()
  const sums = sumsOf(sale)
  if (!sums) return null
  const { sold, total, soldShare, valueCents, paid, unpaid, returning, isProven } = sums
  return (
    <p className="flex flex-wrap gap-x-4 gap-y-1 border-t border-line px-4 py-2 text-small text-ink-soft sm:px-5">
      <span>{words.sold(format.count(sold), format.count(total), format.percent(soldShare))}</span>
      <span>{words.value(format.price(valueCents, sale.items[0]?.currency))}</span>
      {paid !== undefined && <span>{words.paid(format.count(paid))}</span>}
      {unpaid > 0 && <span>{words.unpaid(format.count(unpaid))}</span>}
      {returning > 0 && <span>{words.returning(format.count(returning))}</span>}
      {isProven && <span className="font-medium text-good">{words.proven}</span>}
    </p>
  )
}
