import type { LiveItem } from '@flash-sale/contract/live'
import { memo } from 'react'
import { useFormat } from '../../language/LanguageContext.ts'
import { useOpsWords } from '../words.ts'
import { stockParts, unitsOf } from './stock-parts.ts'

/** Where every unit is, as a bar as long as the total: each part has its colour, its pattern and, below, its name and number. */
export const StockBar = memo(function StockBar({ item }: { readonly item: LiveItem }) {
  const words = useOpsWords().stock
  const format = useFormat()
  const units = unitsOf(item)
  const parts = stockParts.map((part) => `${words[part]} ${format.count(units[part])}`).join(', ')
  return (
    <div className="@container flex flex-col gap-2.5">
      <div
        role="img"
        aria-label={words.label(format.count(item.total), parts)}
        className="flex h-7 overflow-hidden rounded-control border border-edge"
      >
        {stockParts.map((part) => (
          // Parts share the length by their units, so the bar is full whatever the numbers; a single unit is still seen.
          <span
            key={part}
            className={`stock-${part} ${units[part] > 0 ? 'min-w-0.75' : ''}`}
            style={{ flex: `${units[part]} 0 0px` }}
          />
        ))}
      </div>
      <dl className="grid grid-cols-2 gap-x-4 gap-y-1 @md:grid-cols-4">
        {stockParts.map((part) => (
          <div key={part} className="flex flex-col">
            <dt className="flex items-center gap-1.5 text-small whitespace-nowrap text-ink-soft">
              <span aria-hidden="true" className={`stock-${part} size-3 shrink-0 rounded-[3px] border border-edge`} />
              {words[part]}
            </dt>
            <dd className="text-lead font-semibold">{format.count(units[part])}</dd>
          </div>
        ))}
      </dl>
    </div>
  )
})
