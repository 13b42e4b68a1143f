import type { Invariant } from '@flash-sale/contract/live'
import { memo } from 'react'
import { useFormat } from '../../../language/LanguageContext.ts'
import { useOpsWords } from '../../words.ts'
import { InvariantMark } from './InvariantMark.tsx'

export interface StockInRowProps {
  readonly total: number
  readonly available: number
  readonly invariant: Invariant
}

/** What is left of the units, as a number and as a bar, and the light. */
export const StockInRow = memo(function StockInRow({ total, available, invariant }: StockInRowProps) {
  const words = useOpsWords().item
  const format = useFormat()
  const left = total === 0 ? 0 : available / total
  const isOld = invariant === 'unreadable'
  return (
    <p className="flex items-center gap-3">
      <span className={`@lg:min-w-[8em] text-right whitespace-nowrap ${isOld ? 'text-ink-soft' : ''}`}>
        <b className="font-semibold">{format.count(available)}</b>{' '}
        <span className="text-small text-ink-soft">{words.leftOf(format.count(total))}</span>
      </span>
      <span aria-hidden="true" className="hidden h-2 w-20 overflow-hidden rounded-full bg-sunken @3xl:inline-block">
        <span className={`block h-full ${isOld ? 'bg-edge' : 'bg-series-1'}`} style={{ width: `${left * 100}%` }} />
      </span>
      <InvariantMark invariant={invariant} />
    </p>
  )
})
