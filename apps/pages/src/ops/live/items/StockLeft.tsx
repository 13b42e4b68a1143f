import type { LiveItem } from '@flash-sale/contract/live'
import { useFormat } from '../../../language/LanguageContext.ts'
import { useOpsWords } from '../../words.ts'
import { isSoldOut } from '../model/is-sold-out.ts'

export interface StockLeftProps {
  readonly item: LiveItem
  /** Large enough to be read across a room. */
  readonly large: boolean
}

/** The number of units that can still be ordered. */
export function StockLeft({ item, large }: StockLeftProps) {
  const words = useOpsWords().item
  const format = useFormat()
  const { total, available, unread } = item
  const isOld = unread?.stores.includes('redis') === true
  const taken = total === 0 ? 0 : (total - available) / total
  return (
    <p className="flex flex-wrap items-baseline gap-x-3">
      <span
        className={`font-semibold tracking-tight ${large ? 'text-display' : 'text-figure'} ${isOld ? 'text-ink-soft' : ''}`}
      >
        {format.count(available)}
      </span>
      <span className="text-ink-soft">
        {isSoldOut(item) ? words.soldOut : words.leftOf(format.count(total))}
        {available > 0 && taken > 0 && ` · ${words.sold(format.percent(taken))}`}
      </span>
    </p>
  )
}
