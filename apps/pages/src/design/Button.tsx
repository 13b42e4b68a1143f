import type { ComponentProps } from 'react'

const kinds = {
  /** The main action of the page or the dialog. */
  primary: 'bg-accent text-on-accent hover:bg-accent-strong border-transparent',
  /** One of several actions of equal weight. */
  plain: 'bg-surface text-ink border-edge hover:bg-sunken',
  /** An action that nobody can undo. */
  danger: 'bg-bad text-on-bad border-transparent hover:brightness-90',
  /** An action beside more important ones. */
  quiet: 'bg-transparent text-ink-soft border-transparent hover:bg-sunken hover:text-ink',
}

const sizes = {
  normal: 'h-9 px-3.5 text-body whitespace-nowrap',
  small: 'h-8 px-2.5 text-small whitespace-nowrap',
  /** The buy button, large enough for thumbs. */
  large: 'min-h-13 px-4 text-lead text-balance sm:px-6',
}

export type ButtonKind = keyof typeof kinds

export interface ButtonProps extends ComponentProps<'button'> {
  readonly kind?: ButtonKind
  readonly size?: keyof typeof sizes
  /** The action is running. The button says so, ignores presses, and keeps the focus and its width. */
  readonly busy?: boolean
}

/** A button. It stays focusable while `busy` or `disabled`, so that a keyboard does not lose its place. */
export function Button({
  kind = 'plain',
  size = 'normal',
  busy = false,
  disabled = false,
  className = '',
  onClick,
  ...rest
}: ButtonProps) {
  const isOff = busy || disabled
  return (
    <button
      type="button"
      aria-disabled={isOff || undefined}
      aria-busy={busy || undefined}
      onClick={isOff ? (event) => event.preventDefault() : onClick}
      className={`${buttonClass(kind, size)} ${className}`}
      {...rest}
    />
  )
}

/** The classes of a button, for links that look like buttons. */
export function buttonClass(kind: ButtonKind, size: keyof typeof sizes = 'normal'): string {
  return (
    'inline-flex cursor-pointer items-center justify-center gap-2 rounded-control border font-medium ' +
    'select-none transition-colors aria-disabled:cursor-not-allowed ' +
    // "Sold out" and "Sending…" stay as readable as other texts.
    'aria-busy:opacity-85 not-aria-busy:aria-disabled:opacity-65 ' +
    `${kinds[kind]} ${sizes[size]}`
  )
}
