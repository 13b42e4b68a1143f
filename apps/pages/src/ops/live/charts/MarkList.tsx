import { memo } from 'react'
import { useFormat } from '../../../language/LanguageContext.ts'
import { useOpsWords } from '../../words.ts'
import type { Mark } from '../model/marks.ts'

const shownMax = 4

/** The newest of the moments that the chart marks with a line. */
export const MarkList = memo(function MarkList({ marks }: { readonly marks: readonly Mark[] }) {
  const words = useOpsWords().charts
  const format = useFormat()
  if (marks.length === 0) return null
  return (
    <ul aria-label={words.marks.title} className="flex flex-wrap gap-x-4 px-4 pb-2 text-small sm:px-5 col-span-full">
      {marks.slice(-shownMax).map(({ atMs, kind, name }) => (
        <li key={`${atMs} ${kind} ${name}`} className="min-w-0">
          <time dateTime={new Date(atMs).toISOString()} className="text-ink-soft">
            {format.time(new Date(atMs))}
          </time>{' '}
          {words.marks[kind]} <span className="text-ink-soft">{name}</span>
        </li>
      ))}
    </ul>
  )
})
