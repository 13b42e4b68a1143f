import type { ReactNode } from 'react'
import { Icon } from '../../../design/Icon.tsx'

export interface DisclosureProps {
  readonly isOpen: boolean
  readonly onToggle: (isOpen: boolean) => void
  readonly children: ReactNode
}

/** A name that opens and closes the details below. */
export function Disclosure({ isOpen, onToggle, children }: DisclosureProps) {
  return (
    <button
      type="button"
      aria-expanded={isOpen}
      onClick={() => onToggle(!isOpen)}
      className="flex min-h-8 w-full cursor-pointer items-center gap-2 rounded-control text-left hover:text-accent"
    >
      <Icon name="right" className={`text-ink-soft ${isOpen ? 'rotate-90' : ''}`} />
      <span className="min-w-0">{children}</span>
    </button>
  )
}
