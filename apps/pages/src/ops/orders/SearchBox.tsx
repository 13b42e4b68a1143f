import { useId, useState, type FormEvent } from 'react'
import { Button } from '../../design/Button.tsx'
import { Icon } from '../../design/Icon.tsx'
import { useOpsWords } from '../words.ts'

const textMax = 200

export interface SearchBoxProps {
  readonly text: string
  readonly onSearch: (text: string) => void
}

/** One field for everything that an operator may have in hand. */
export function SearchBox({ text, onSearch }: SearchBoxProps) {
  const words = useOpsWords().orders
  const id = useId()
  const [wanted, setWanted] = useState(text)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    onSearch(wanted.trim())
  }
  return (
    <form role="search" aria-label={words.find} onSubmit={submit} className="flex flex-col gap-1">
      <label htmlFor={id} className="text-small font-medium">
        {words.searchFor}
      </label>
      <span className="flex gap-2">
        <input
          id={id}
          type="search"
          autoComplete="off"
          spellCheck={false}
          maxLength={textMax}
          value={wanted}
          onChange={(event) => setWanted(event.target.value)}
          className="h-10 min-w-0 grow rounded-control border border-edge bg-surface px-3"
        />
        <Button type="submit" kind="primary" className="h-10">
          <Icon name="search" />
          {words.submit}
        </Button>
      </span>
    </form>
  )
}
