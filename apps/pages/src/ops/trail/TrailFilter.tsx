import { useState, type FormEvent } from 'react'
import { Button } from '../../design/Button.tsx'
import { Field } from '../../design/Field.tsx'
import { isId } from '../is-id.ts'
import { useOpsWords } from '../words.ts'

interface Filter {
  readonly saleId: string
  readonly itemId: string
}

export interface TrailFilterProps {
  readonly filter: Filter
  readonly onShow: (address: Record<string, string>) => void
}

/** Limits the trail to a sale or an item. */
export function TrailFilter({ filter, onShow }: TrailFilterProps) {
  const { trail: words, orders } = useOpsWords()
  const [wanted, setWanted] = useState(filter)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (isWrong(wanted.saleId) || isWrong(wanted.itemId)) return
    onShow(Object.fromEntries(Object.entries(wanted).filter(([, text]) => text.trim() !== '')))
  }
  return (
    <form
      role="search"
      aria-label={words.title}
      onSubmit={submit}
      noValidate
      className="grid grid-cols-[1fr_1fr_auto] items-start gap-3 sm:grid-cols-[11rem_11rem_auto]"
    >
      {(['saleId', 'itemId'] as const).map((field) => (
        <Field
          key={field}
          label={words[field]}
          name={field}
          inputMode="numeric"
          autoComplete="off"
          placeholder={orders.any}
          value={wanted[field]}
          error={isWrong(wanted[field]) ? orders.invalidItemId : undefined}
          onChange={(event) => setWanted({ ...wanted, [field]: event.target.value })}
        />
      ))}
      <div className="pt-[1.375rem]">
        <Button type="submit" className="h-10">
          {words.submit}
        </Button>
      </div>
    </form>
  )
}

function isWrong(id: string): boolean {
  return id.trim() !== '' && !isId(id.trim())
}
