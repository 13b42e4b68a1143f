import type { LiveItem } from '@flash-sale/contract/live'
import { memo, type ReactNode } from 'react'
import { Term } from '../../../design/Term.tsx'
import { useFormat } from '../../../language/LanguageContext.ts'
import { useTerms } from '../../terms/terms.ts'
import { useOpsWords } from '../../words.ts'
import { nameOf, partsOf, storesOf, unitsOf, type StockPart } from '../model/stock-parts.ts'

/**
 * Shows where every unit is. The bar is as long as the total. Each part has its colour and pattern, and below the bar its name and
 * number. The numbers are written as a sum.
 */
export const StockBar = memo(function StockBar({ item }: { readonly item: LiveItem }) {
  const words = useOpsWords().stock
  const terms = useTerms()
  const format = useFormat()
  const units = unitsOf(item)
  const isOld = (part: StockPart) => storesOf[part].some((store) => item.unread?.stores.includes(store))
  const shown = partsOf(item)
  const parts = shown.map((part) => `${words[nameOf(part, item)]} ${format.count(units[part])}`).join(', ')
  return (
    <div className="@container flex flex-col gap-2.5">
      <div
        role="img"
        aria-label={words.label(format.count(item.total), parts)}
        className="flex h-7 overflow-hidden rounded-control border border-edge"
      >
        {shown.map((part) => (
          // The parts share the length by their units, so that the bar is always full. Even a single unit is visible.
          <span
            key={part}
            className={`stock-${part} ${units[part] > 0 ? 'min-w-0.75' : ''}`}
            style={{ flex: `${units[part]} 0 0px` }}
          />
        ))}
      </div>
      {/* Not a grid, since a number in the millions is wider than a fifth of the bar. */}
      <dl className="flex flex-wrap gap-x-4 gap-y-1.5">
        {shown.map((part, i) => (
          <StockNumber
            key={part}
            name={words[nameOf(part, item)]}
            about={terms[nameOf(part, item)]}
            part={part}
            sign={i === 0 ? undefined : '+'}
            isOld={isOld(part)}
          >
            {format.count(units[part])}
          </StockNumber>
        ))}
        <StockNumber name={words.total} about={terms.total} sign="=">
          {format.count(item.total)}
        </StockNumber>
      </dl>
    </div>
  )
})

interface StockNumberProps {
  readonly name: string
  readonly about: string
  readonly part?: StockPart
  readonly sign?: string | undefined
  readonly isOld?: boolean
  readonly children: ReactNode
}

function StockNumber({ name, about, part, sign, isOld = false, children }: StockNumberProps) {
  return (
    <div className="flex flex-1 basis-28 flex-col @lg:basis-20">
      <dt className="flex items-center gap-1.5 text-small whitespace-nowrap text-ink-soft">
        {part && (
          <span aria-hidden="true" className={`stock-${part} size-3 shrink-0 rounded-[3px] border border-edge`} />
        )}
        <Term about={about}>{name}</Term>
      </dt>
      <dd className={`text-lead font-semibold whitespace-nowrap ${isOld ? 'text-ink-soft' : ''}`}>
        {sign && (
          <span aria-hidden="true" className="mr-1.5 font-normal text-ink-soft">
            {sign}
          </span>
        )}
        {children}
      </dd>
    </div>
  )
}
