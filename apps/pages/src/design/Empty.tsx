import type { ReactNode } from 'react'
import { Icon, type IconName } from './Icon.tsx'

export interface EmptyProps {
  readonly icon: IconName
  readonly title: string
  /** The title is the heading of the whole page. */
  readonly isPage?: boolean
  readonly children?: ReactNode
  readonly action?: ReactNode
}

/** Fills an empty place: says why there is nothing to show, and what to do. */
export function Empty({ icon, title, isPage = false, children, action }: EmptyProps) {
  const Title = isPage ? 'h1' : 'p'
  return (
    <div className="flex flex-col items-center gap-2 px-6 py-12 text-center">
      <span className="mb-1 rounded-full bg-sunken p-3.5 text-title text-ink-soft">
        <Icon name={icon} />
      </span>
      <Title className="text-lead font-semibold">{title}</Title>
      {children !== undefined && <div className="max-w-[44ch] text-balance text-ink-soft">{children}</div>}
      {action !== undefined && <div className="mt-3 flex flex-wrap justify-center gap-2">{action}</div>}
    </div>
  )
}
