import { currencies } from '@flash-sale/contract/currencies'
import { Field } from '../../design/Field.tsx'
import { Panel } from '../../design/Panel.tsx'
import { SelectField } from '../../design/SelectField.tsx'
import { useOpsWords } from '../words.ts'
import type { DraftErrors, SaleDraft } from './check-sale.ts'
import { useErrorText } from './use-error-text.ts'

export interface PaymentFieldsProps {
  readonly draft: SaleDraft
  readonly errors: DraftErrors
  readonly onChange: (changed: Partial<SaleDraft>) => void
}

/** The fields for the currency of the prices, and for whether and how soon an order has to be paid. */
export function PaymentFields({ draft, errors, onChange }: PaymentFieldsProps) {
  const words = useOpsWords().newSale
  const errorText = useErrorText(errors)
  return (
    <Panel title={words.money}>
      <div className="grid gap-4 px-4 pb-5 sm:grid-cols-2 sm:px-5">
        <SelectField
          label={words.currency}
          name="currency"
          hint={words.currencyHint}
          value={draft.currency}
          error={errorText('currency')}
          onChange={(event) => onChange({ currency: event.target.value })}
        >
          <option value="">{words.noCurrency}</option>
          {currencies.map((currency) => (
            <option key={currency}>{currency}</option>
          ))}
        </SelectField>
        <Field
          label={words.payWithin}
          name="payWithinMinutes"
          unit={words.minutes}
          inputMode="numeric"
          autoComplete="off"
          hint={words.payWithinHint}
          value={draft.payWithinMinutes}
          error={errorText('payWithinMinutes')}
          onChange={(event) => onChange({ payWithinMinutes: event.target.value })}
        />
      </div>
    </Panel>
  )
}
