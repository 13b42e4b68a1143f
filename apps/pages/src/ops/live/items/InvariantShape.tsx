import type { Invariant } from '@flash-sale/contract/live'

/** One shape for each state, so that colour is not needed: a ticked disc, a half-filled ring, a crossed octagon, a dashed ring, a question mark. */
export function InvariantShape({
  invariant,
  className,
}: {
  readonly invariant: Invariant
  readonly className: string
}) {
  const line = { fill: 'none', strokeWidth: 2, strokeLinecap: 'round', strokeLinejoin: 'round' } as const
  return (
    <svg viewBox="0 0 20 20" aria-hidden="true" className={`shrink-0 ${className}`} stroke="currentColor">
      {invariant === 'balanced' && (
        <>
          <circle cx="10" cy="10" r="9" fill="currentColor" stroke="none" />
          <path d="M6 10.4 8.8 13.2 14 7.4" {...line} className="stroke-surface" />
        </>
      )}
      {invariant === 'settling' && (
        <>
          <circle cx="10" cy="10" r="8" {...line} />
          <path d="M10 4.5a5.5 5.5 0 0 1 0 11Z" fill="currentColor" stroke="none" />
        </>
      )}
      {invariant === 'broken' && (
        <>
          <path d="M6.3 1h7.4L19 6.3v7.4L13.7 19H6.3L1 13.7V6.3Z" fill="currentColor" stroke="none" />
          <path d="M6.8 6.8l6.4 6.4M13.2 6.8l-6.4 6.4" {...line} className="stroke-surface" />
        </>
      )}
      {invariant === 'unavailable' && <circle cx="10" cy="10" r="8" {...line} strokeDasharray="3.2 3.1" />}
      {invariant === 'unreadable' && (
        <>
          <circle cx="10" cy="10" r="8" {...line} />
          <path d="M7.6 7.6a2.4 2.4 0 1 1 3.4 2.2c-.7.3-1 .8-1 1.5M10 14.2v.1" {...line} />
        </>
      )}
    </svg>
  )
}
