import type { ReactNode } from 'react'
import { Icon, type IconName } from './Icon.tsx'

const kinds = {
  info: { look: 'bg-accent-soft border-accent/35', mark: 'text-accent', icon: 'info' },
  good: { look: 'bg-good-soft border-good/35', mark: 'text-good', icon: 'check' },
  caution: { look: 'bg-caution-soft border-caution/40', mark: 'text-caution', icon: 'warning' },
  bad: { look: 'bg-bad-soft border-bad/40', mark: 'text-bad', icon: 'cross' },
} as const satisfies Record<string, { look: string; mark: string; icon: IconName }>

type NoticeKind = keyof typeof kinds

export interface NoticeProps {
  readonly kind: NoticeKind
  readonly title: ReactNode
  readonly children?: ReactNode
  /** A button that the reader can press about it. */
  readonly action?: ReactNode
  /** `alert` interrupts a screen reader, `status` waits until it is silent. Leave both out if the notice was there from the start. */
  readonly role?: 'alert' | 'status'
  readonly className?: string
}

/** Tells the reader something, and what to do about it. */
export function Notice({ kind, title, children, action, role, className = '' }: NoticeProps) {
  const { look, mark, icon } = kinds[kind]
  return (
    <div role={role} className={`flex gap-3 rounded-control border px-3.5 py-3 ${look} ${className}`}>
      <Icon name={icon} className={`mt-1 ${mark}`} />
      <div className="min-w-0 grow">
        <p className="font-semibold">{title}</p>
        {children !== undefined && <div className="text-ink-soft">{children}</div>}
        {action !== undefined && <div className="mt-2.5 flex flex-wrap gap-2">{action}</div>}
      </div>
    </div>
  )
}
