import { useId, type ReactNode } from 'react'

export interface PanelProps {
  readonly title: string
  /** Buttons beside the title, for the whole panel. */
  readonly actions?: ReactNode
  readonly children: ReactNode
  readonly className?: string
}

/** A named part of the page. A screen reader lists it among the regions under that name. */
export function Panel({ title, actions, children, className = '' }: PanelProps) {
  const id = useId()
  return (
    <section aria-labelledby={id} className={`rounded-panel border border-line bg-surface shadow-raised ${className}`}>
      <header className="flex min-h-13 flex-wrap items-center justify-between gap-x-4 gap-y-2 px-4 py-2 sm:px-5">
        <h2 id={id} className="text-lead font-semibold">
          {title}
        </h2>
        {actions !== undefined && <div className="flex flex-wrap items-center gap-2">{actions}</div>}
      </header>
      {children}
    </section>
  )
}
