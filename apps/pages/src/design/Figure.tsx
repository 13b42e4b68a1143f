import type { ReactNode } from 'react'

export interface FigureProps {
  readonly label: ReactNode
  readonly value: string
  readonly unit?: string
  /** A small line that explains the number. */
  readonly note?: ReactNode
  /** `display`: large enough to be read across a room. */
  readonly size?: 'figure' | 'display'
  /** The number is not the one of now: it is grey, and the note says how old it is. */
  readonly isOld?: boolean
}

/**
 * A number with its name and its unit. It has tabular numerals and a line of its own, so that a change moves nothing. On a phone a long
 * name takes two lines, and the numbers of a row still stand on one.
 */
export function Figure({ label, value, unit, note, size = 'figure', isOld = false }: FigureProps) {
  return (
    <div className="flex min-w-0 flex-col justify-between gap-1">
      <dt className="max-sm:[&_button]:whitespace-normal sm:truncate text-small font-medium text-ink-soft">{label}</dt>
      <dd className="flex flex-col gap-1">
        <span className="flex flex-wrap items-baseline gap-x-1.5 whitespace-nowrap">
          <span
            className={`font-semibold tracking-tight ${size === 'display' ? 'text-display' : 'text-figure'} ${isOld ? 'text-ink-soft' : ''}`}
          >
            {value}
          </span>
          {unit && <span className="text-lead text-ink-soft">{unit}</span>}
        </span>
        {note !== undefined && <span className="text-small text-ink-soft">{note}</span>}
      </dd>
    </div>
  )
}
