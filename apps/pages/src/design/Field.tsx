import { useId, type ComponentProps, type ReactNode } from 'react'
import { Icon } from './Icon.tsx'

export interface FieldProps extends Omit<ComponentProps<'input'>, 'id'> {
  readonly label: string
  /** Advice to the reader who fills the field in. */
  readonly hint?: ReactNode
  /** Why the value in the field is wrong. */
  readonly error?: string | undefined
  /** The unit of the number, shown after the number. */
  readonly unit?: string | undefined
}

/** A labelled input with its hint and its error. Screen readers read all three together. */
export function Field({ label, hint, error, unit, className = '', ...input }: FieldProps) {
  const id = useId()
  return (
    <FieldFrame id={id} label={label} hint={hint} error={error} className={className}>
      <span className="relative flex">
        <input
          id={id}
          aria-invalid={error ? true : undefined}
          aria-describedby={fieldDescription(id, hint, error)}
          className={`${inputClass} w-full min-w-0 ${unit ? 'pr-16' : ''}`}
          {...input}
        />
        {unit && (
          <span className="pointer-events-none absolute inset-y-0 right-3 flex items-center text-small text-ink-soft">
            {unit}
          </span>
        )}
      </span>
    </FieldFrame>
  )
}

interface FieldFrameProps {
  readonly id: string
  readonly label: string
  readonly hint: ReactNode
  readonly error: string | undefined
  readonly className: string
  readonly children: ReactNode
}

/** The label above an input, and its hint and error below. */
export function FieldFrame({ id, label, hint, error, className, children }: FieldFrameProps) {
  return (
    <div className={`flex min-w-0 flex-col gap-1 ${className}`}>
      <label htmlFor={id} className="text-small font-medium">
        {label}
      </label>
      {children}
      <FieldNotes id={id} hint={hint} error={error} />
    </div>
  )
}

/** The hint and the error of an input or a group of inputs; `fieldDescription` gives their ids. */
export function FieldNotes({ id, hint, error }: Pick<FieldFrameProps, 'id' | 'hint' | 'error'>) {
  return (
    <>
      {hint && (
        <span id={`${id}-hint`} className="text-small text-ink-soft">
          {hint}
        </span>
      )}
      {error && (
        <span id={`${id}-error`} className="flex items-start gap-1.5 text-small text-bad">
          <Icon name="warning" className="mt-0.5" />
          {error}
        </span>
      )}
    </>
  )
}

/** The ids of what describes the input, for `aria-describedby`. */
export function fieldDescription(id: string, hint: ReactNode, error: string | undefined): string | undefined {
  return [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ') || undefined
}

/** The classes of every input. */
export const inputClass =
  'h-10 rounded-control border border-edge bg-surface px-3 text-body text-ink placeholder:text-ink-soft ' +
  'aria-invalid:border-bad aria-invalid:outline-bad'
