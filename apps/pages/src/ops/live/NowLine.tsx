import { useFormat } from '../../language/LanguageContext.ts'
import { problemNames } from '../../language/problem-names.ts'
import { useWords } from '../../language/words.ts'
import { useOpsWords } from '../words.ts'
import { useLiveItems, useRates } from './model/live-cache.ts'
import { tellNow } from './now-told.ts'

interface NowLineProps {
  /** The rates are not those of now. */
  readonly isOld: boolean
}

/** One sentence that says what happens now, for a reader who sees the page for the first time. */
export function NowLine({ isOld }: NowLineProps) {
  const words = useOpsWords().now
  const reasons = useWords(problemNames)
  const format = useFormat()
  const sample = useRates()?.at(-1)
  const told = tellNow(useLiveItems() ?? [], isOld ? undefined : sample)
  return <p className="border-b border-line px-4 py-2.5 text-ink-soft sm:px-5">{told ? textOf(told) : words.unknown}</p>

  function textOf(now: NonNullable<typeof told>): string {
    if (now.kind === 'nothingOpen') return words.nothingOpen
    if (now.kind === 'quiet') return words.quiet(format.count(now.openCount), now.openCount, now.soldOutCount)
    const { arriving, accepted, refused, reason, p99Ms } = now
    return [
      words.busy(format.rate(arriving), format.rate(accepted), format.rate(refused)),
      reason && words.mostly(reasons[reason]),
      words.end,
      p99Ms !== undefined && words.answers(format.span(p99Ms)),
    ]
      .filter(Boolean)
      .join('')
  }
}
