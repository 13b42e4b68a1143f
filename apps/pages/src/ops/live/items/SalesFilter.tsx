import { useId } from 'react'
import { Icon } from '../../../design/Icon.tsx'
import { useFormat } from '../../../language/LanguageContext.ts'
import { useOpsWords } from '../../words.ts'

export interface SalesFilterProps {
  readonly text: string
  readonly foundCount: number
  readonly onText: (text: string) => void
}

/** Limits the list of sales to those that the text names. */
export function SalesFilter({ text, foundCount, onText }: SalesFilterProps) {
  const words = useOpsWords().sales
  const format = useFormat()
  const id = useId()
  return (
    <div role="search" className="flex flex-wrap items-center gap-x-3 gap-y-1">
      <label htmlFor={id} className="sr-only">
        {words.filter}
      </label>
      <span className="relative flex min-w-0 grow">
        <Icon name="search" className="pointer-events-none absolute top-1/2 left-3 -translate-y-1/2 text-ink-soft" />
        <input
          id={id}
          type="search"
          autoComplete="off"
          spellCheck={false}
          placeholder={words.filter}
          value={text}
          onChange={(event) => onText(event.target.value)}
          className="h-9 w-full min-w-0 rounded-control border border-edge bg-surface pr-3 pl-9 placeholder:text-ink-soft"
        />
      </span>
      <p role="status" className="text-small text-ink-soft">
        {words.found(format.count(foundCount))}
      </p>
    </div>
  )
}
