import { minorDigits } from '@flash-sale/contract/minor-digits'
import { Field } from '../../design/Field.tsx'
import { useOpsWords } from '../words.ts'
import type { DraftErrors, ItemDraft } from './check-sale.ts'
import { useErrorText } from './use-error-text.ts'

export interface ItemFieldsProps {
  readonly item: ItemDraft
  readonly errors: DraftErrors
  /** Of the prices, or ''. */
  readonly currency: string
  readonly onChange: (changed: ItemDraft) => void
}

/** The fields of one item. */
export function ItemFields({ item, errors, currency, onChange }: ItemFieldsProps) {
  const words = useOpsWords().newSale
  const errorText = useErrorText(errors, currency)
  const bind = (field: keyof Omit<ItemDraft, 'key'>) => ({
    name: `item-${item.key}-${field}`,
    autoComplete: 'off',
    value: item[field],
    error: errorText(`item-${item.key}-${field}`),
    onChange: (event: { target: { value: string } }) => onChange({ ...item, [field]: event.target.value }),
  })
  return (
    <div className="grid gap-4 px-4 pb-5 sm:grid-cols-6 sm:px-5">
      <Field className="sm:col-span-4" label={words.itemName} {...bind('name')} />
      <Field className="sm:col-span-2" label={words.sku} {...bind('sku')} />
      <Field
        className="sm:col-span-2"
        label={words.price}
        unit={currency || undefined}
        inputMode="decimal"
        placeholder={(0).toFixed(minorDigits(currency))}
        {...bind('price')}
      />
      <Field className="sm:col-span-2" label={words.total} unit={words.units} inputMode="numeric" {...bind('total')} />
      <Field
        className="sm:col-span-2"
        label={words.limit}
        unit={words.units}
        inputMode="numeric"
        {...bind('purchaseLimit')}
      />
    </div>
  )
}
