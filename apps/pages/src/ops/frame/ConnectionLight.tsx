import { memo } from 'react'
import { useFreshness } from '../live/model/freshness.ts'
import { useOpsWords } from '../words.ts'

const looks = {
  live: 'text-good',
  connecting: 'text-ink-soft',
  lost: 'text-bad',
  stale: 'text-caution',
}

/** Shows whether the numbers are live, by a shape (disc, ring, triangle) and a word. */
export const ConnectionLight = memo(function ConnectionLight() {
  const words = useOpsWords().connection
  const { kind } = useFreshness()
  return (
    <p role="status" className={`flex sm:min-w-[8.2em] items-center gap-2 text-small font-medium ${looks[kind]}`}>
      <svg viewBox="0 0 12 12" aria-hidden="true" className="size-3">
        {kind === 'live' && <circle cx="6" cy="6" r="5" fill="currentColor" />}
        {kind === 'connecting' && <circle cx="6" cy="6" r="4" fill="none" stroke="currentColor" strokeWidth="2" />}
        {(kind === 'lost' || kind === 'stale') && <path d="M6 1 11.4 11H.6Z" fill="currentColor" />}
      </svg>
      <span className="whitespace-nowrap max-sm:sr-only">{words[kind]}</span>
    </p>
  )
})
