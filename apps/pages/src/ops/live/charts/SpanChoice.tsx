import { liveHistorySeconds } from '@flash-sale/contract/live'
import { useOpsWords } from '../../words.ts'

export interface SpanChoiceProps {
  readonly span: ChartSpan
  readonly onChoose: (span: ChartSpan) => void
}

/** The last seconds, or all the time since a sale opened. */
export type ChartSpan = number | 'sinceOpening'

const spans: readonly ChartSpan[] = [60, liveHistorySeconds, 'sinceOpening']

/** Chooses the time that the charts show. */
export function SpanChoice({ span: chosen, onChoose }: SpanChoiceProps) {
  const words = useOpsWords().charts
  return (
    <div role="group" aria-label={words.window} className="flex gap-1">
      {spans.map((span) => (
        <button
          key={span}
          type="button"
          aria-pressed={span === chosen}
          onClick={() => onChoose(span)}
          className="cursor-pointer rounded-control px-2.5 py-1 text-small font-medium text-ink-soft hover:bg-sunken aria-pressed:bg-accent-soft aria-pressed:text-accent"
        >
          {span === 'sinceOpening' ? words.sinceOpening : words.minutes(String(span / 60))}
        </button>
      ))}
    </div>
  )
}
