import { useId, type ReactNode } from 'react'

export interface PanelProps {
  readonly title: string
  /** Beside the title: what can be done with all of it. */
  readonly actions?: ReactNode
  readonly children: ReactNode
  readonly className?: string
}

/** A part of the page with a name, found by it in a screen reader's list of regions. */
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
