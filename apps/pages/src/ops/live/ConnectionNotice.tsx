import { Notice } from '../../design/Notice.tsx'
import { useFormat } from '../../language/LanguageContext.ts'
import { useOpsWords } from '../words.ts'
import { useFreshness } from './model/freshness.ts'

/** Tells that the numbers are not live. It lies over the foot of the page, so that nothing moves when it comes and goes. */
export function ConnectionNotice() {
  const words = useOpsWords().connection
  const format = useFormat()
  const freshness = useFreshness()
  if (freshness.kind === 'live' || freshness.kind === 'connecting') return null
  const { frameAt, ageMs, retryInMs } = freshness
  const next =
    retryInMs !== undefined && retryInMs >= 1_000 ? words.nextTry(format.span(wholeSeconds(retryInMs))) : words.trying
  return (
    <div className="fixed inset-x-3 bottom-3 z-10 mx-auto max-w-2xl rounded-control bg-surface shadow-dialog">
      <Notice
        kind={freshness.kind === 'lost' ? 'bad' : 'caution'}
        title={freshness.kind === 'lost' ? words.lostTitle : words.staleTitle}
      >
        {frameAt && ageMs !== undefined
          ? words.numbersFrom(format.time(frameAt), format.longSpan(wholeSeconds(ageMs)))
          : words.noNumbers}{' '}
        {freshness.kind === 'lost' && next}
      </Notice>
    </div>
  )
}

function wholeSeconds(ms: number): number {
  return Math.max(1, Math.round(ms / 1_000)) * 1_000
}
