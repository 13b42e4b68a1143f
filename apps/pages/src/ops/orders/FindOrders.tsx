import { useState, type FormEvent } from 'react'
import { Button } from '../../design/Button.tsx'
import { Field } from '../../design/Field.tsx'
import { Icon } from '../../design/Icon.tsx'
import { useOpsWords } from '../words.ts'
import { errorsIn, type OrderSearch, type SearchErrors } from './search.ts'

export interface FindOrdersProps {
  readonly search: OrderSearch
  readonly onFind: (search: OrderSearch) => void
}

/** The search form. An order is found if it matches every field that is filled in. */
export function FindOrders({ search, onFind }: FindOrdersProps) {
  const words = useOpsWords().orders
  const [wanted, setWanted] = useState(search)
  const [errors, setErrors] = useState<SearchErrors>(errorsIn(search))
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const trimmed = {
      buyer: wanted.buyer.trim(),
      orderId: wanted.orderId.trim().toLowerCase(),
      itemId: wanted.itemId.trim(),
    }
    const found = errorsIn(trimmed)
    setErrors(found)
    if (Object.keys(found).length === 0) onFind(trimmed)
  }
  const bind = (field: keyof OrderSearch) => ({
    name: field,
    autoComplete: 'off',
    spellCheck: false,
    placeholder: words.any,
    value: wanted[field],
    onChange: (event: { target: { value: string } }) => setWanted({ ...wanted, [field]: event.target.value }),
  })
  return (
    <form
      role="search"
      aria-label={words.find}
      onSubmit={submit}
      noValidate
      className="grid items-start gap-3 rounded-panel border border-line bg-surface p-4 shadow-raised sm:grid-cols-[1fr_1.6fr_9rem_auto] sm:px-5"
    >
      <Field label={words.buyer} {...bind('buyer')} />
      <Field label={words.orderId} error={errors.orderId && words.invalidOrderId} {...bind('orderId')} />
      <Field
        label={words.itemId}
        inputMode="numeric"
        error={errors.itemId && words.invalidItemId}
        {...bind('itemId')}
      />
      <div className="flex gap-2 sm:pt-6">
        <Button type="submit" kind="primary" className="h-10">
          <Icon name="search" />
          {words.submit}
        </Button>
        <Button kind="quiet" className="h-10" onClick={() => onFind({ buyer: '', orderId: '', itemId: '' })}>
          {words.clear}
        </Button>
      </div>
    </form>
  )
}
