import type { ItemView } from '@flash-sale/contract/sales'
import { useFormat } from '../../language/LanguageContext.ts'
import { useWords } from '../../language/words.ts'
import { shopWords } from '../words.ts'

/** The units that are left, as a number and as a bar. */
export function StockLeft({ available, total }: Pick<ItemView, 'available' | 'total'>) {
  const words = useWords(shopWords)
  const format = useFormat()
  const share = total === 0 ? 0 : available / total
  return (
    <div>
      <p className="flex flex-wrap items-baseline justify-between gap-x-3">
        <span className="text-small font-medium whitespace-nowrap text-ink-soft">{words.leftNow}</span>
        <span className="ml-auto text-right">
          {words.beforeLeft && <span className="text-small text-ink-soft">{words.beforeLeft} </span>}
          <span className="text-lead font-semibold whitespace-nowrap">{format.count(available)}</span>{' '}
          <span className="text-small whitespace-nowrap text-ink-soft">{words.of(format.count(total))}</span>
        </span>
      </p>
      <div aria-hidden="true" className="mt-1.5 h-2.5 overflow-hidden rounded-full bg-sunken">
        <div
          className="h-full origin-left rounded-full bg-accent transition-transform duration-500"
          style={{ transform: `scaleX(${share})` }}
        />
      </div>
    </div>
  )
}
