import { useId, type ComponentProps, type ReactNode } from 'react'
import { FieldFrame, fieldDescription, inputClass } from './Field.tsx'

export interface SelectFieldProps extends Omit<ComponentProps<'select'>, 'id'> {
  readonly label: string
  readonly hint?: ReactNode
  readonly error?: string | undefined
}

/** A labelled choice with its hint and its error, as `Field` is for a text. */
export function SelectField({ label, hint, error, className = '', ...select }: SelectFieldProps) {
  const id = useId()
  return (
    <FieldFrame id={id} label={label} hint={hint} error={error} className={className}>
      <select
        id={id}
        aria-invalid={error ? true : undefined}
        aria-describedby={fieldDescription(id, hint, error)}
        className={`${inputClass} w-full min-w-0`}
        {...select}
      />
    </FieldFrame>
  )
}
