import type { Invariant, LiveItem } from '@flash-sale/contract/live'
import { memo } from 'react'
import { useFormat } from '../../language/LanguageContext.ts'
import { useOpsWords } from '../words.ts'
import { InvariantShape } from './InvariantShape.tsx'
import { stockParts, unitsOf } from './stock-parts.ts'

export const invariantLooks: Record<Invariant, string> = {
  balanced: 'text-good bg-good-soft',
  settling: 'text-accent bg-accent-soft',
  broken: 'text-bad bg-bad-soft',
  unavailable: 'text-caution bg-caution-soft',
}

/** Whether the item's units add up: a shape, a word, and the sum itself; by how much not, when they do not. */
export const InvariantLight = memo(function InvariantLight({ item }: { readonly item: LiveItem }) {
  const words = useOpsWords().invariant
  const format = useFormat()
  const { invariant, faults, total } = item
  const units = unitsOf(item)
  const sum = stockParts.map((part) => format.count(units[part])).join(' + ')
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
      <p
        title={words.about[invariant]}
        className={`flex items-center gap-2 rounded-full py-1 pr-3 pl-1.5 font-semibold ${invariantLooks[invariant]}`}
      >
        <InvariantShape invariant={invariant} className="size-5" />
        {words[invariant]}
      </p>
      {invariant !== 'unavailable' && (
        <p className="text-small text-ink-soft">
          {sum} = {format.count(total)}
        </p>
      )}
      {faults && (
        <p className="font-semibold text-bad">
          {words.oversold(format.count(faults.oversold))} · {words.undersold(format.count(faults.undersold))}
        </p>
      )}
    </div>
  )
})
