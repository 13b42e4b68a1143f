import { liveHistorySeconds } from '@flash-sale/contract/live'
import { useOpsWords } from '../../words.ts'

export interface SpanChoiceProps {
  readonly spanSeconds: number
  readonly onChoose: (spanSeconds: number) => void
}

const spans = [60, liveHistorySeconds]

/** Chooses the time that the charts show. */
export function SpanChoice({ spanSeconds, onChoose }: SpanChoiceProps) {
  const words = useOpsWords().charts
  return (
    <div role="group" aria-label={words.window} className="flex gap-1">
      {spans.map((span) => (
        <button
          key={span}
          type="button"
          aria-pressed={span === spanSeconds}
          onClick={() => onChoose(span)}
          className="cursor-pointer rounded-control px-2.5 py-1 text-small font-medium text-ink-soft hover:bg-sunken aria-pressed:bg-accent-soft aria-pressed:text-accent"
        >
          {words.minutes(String(span / 60))}
        </button>
      ))}
    </div>
  )
}
