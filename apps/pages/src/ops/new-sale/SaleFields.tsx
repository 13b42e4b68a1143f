import { Button } from '../../design/Button.tsx'
import { Field } from '../../design/Field.tsx'
import { Panel } from '../../design/Panel.tsx'
import { useFormat } from '../../language/LanguageContext.ts'
import { serverClock } from '../../server/use-server-clock.ts'
import { useOpsWords } from '../words.ts'
import type { DraftErrors, SaleDraft } from './check-sale.ts'
import { windowFrom } from './draft.ts'
import { useErrorText } from './use-error-text.ts'

export interface SaleFieldsProps {
  readonly draft: SaleDraft
  readonly errors: DraftErrors
  readonly onChange: (changed: Partial<SaleDraft>) => void
}

const minuteMs = 60_000
const soonMs = { now: 0, minute: minuteMs, tenMinutes: 10 * minuteMs, hour: 60 * minuteMs } as const

/** The fields for the sale's name, opening and end. */
export function SaleFields({ draft, errors, onChange }: SaleFieldsProps) {
  const words = useOpsWords().newSale
  const format = useFormat()
  const errorText = useErrorText(errors)
  const zone = words.zone(format.zone(new Date(serverClock.now())))
  return (
    <Panel title={words.window}>
      <div className="grid gap-4 px-4 pb-5 sm:grid-cols-2 sm:px-5">
        <Field
          className="sm:col-span-2"
          label={words.name}
          name="name"
          autoComplete="off"
          value={draft.name}
          error={errorText('name')}
          onChange={(event) => onChange({ name: event.target.value })}
        />
        {(['opensAt', 'closesAt'] as const).map((field) => (
          <Field
            key={field}
            label={field === 'opensAt' ? words.opens : words.closes}
            name={field}
            type="datetime-local"
            step={1}
            hint={zone}
            value={draft[field]}
            error={errorText(field)}
            onChange={(event) => onChange({ [field]: event.target.value })}
          />
        ))}
        <div role="group" aria-label={words.soon.label} className="flex flex-wrap items-center gap-2 sm:col-span-2">
          <span className="basis-full text-small text-ink-soft sm:basis-auto">{words.soon.label}</span>
          {(Object.keys(soonMs) as (keyof typeof soonMs)[]).map((soon) => (
            <Button key={soon} size="small" onClick={() => onChange(windowFrom(serverClock.now() + soonMs[soon]))}>
              {words.soon[soon]}
            </Button>
          ))}
        </div>
      </div>
    </Panel>
  )
}
