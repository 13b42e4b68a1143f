import { useState, type FormEvent } from 'react'
import { Button } from '../../design/Button.tsx'
import { Field } from '../../design/Field.tsx'
import { useOpsWords } from '../words.ts'

interface Filter {
  readonly saleId: string
  readonly itemId: string
}

export interface TrailFilterProps {
  readonly filter: Filter
  readonly onShow: (address: Record<string, string>) => void
}

/** Narrows the trail to a sale or an item. */
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
      className="flex flex-wrap items-start gap-3"
    >
      {(['saleId', 'itemId'] as const).map((field) => (
        <Field
          key={field}
          className="w-36"
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
      <div className="pt-6">
        <Button type="submit" className="h-10">
          {words.submit}
        </Button>
      </div>
    </form>
  )
}

function isWrong(id: string): boolean {
  return id.trim() !== '' && !/^[1-9]\d{0,9}$/.test(id.trim())
}
