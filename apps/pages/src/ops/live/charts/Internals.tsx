import { useState, type ReactNode } from 'react'
import { useFormat } from '../../../language/LanguageContext.ts'
import { useOpsWords } from '../../words.ts'
import { processKey } from '../model/keep-dead.ts'
import { useLiveProcesses } from '../model/live-cache.ts'

/** What only engineers want. It is drawn while it is open. */
export function Internals({ children }: { readonly children: ReactNode }) {
  const words = useOpsWords().charts
  const [isOpen, setIsOpen] = useState(false)
  return (
    <details className="border-t border-line" onToggle={(event) => setIsOpen(event.currentTarget.open)}>
      <summary className="cursor-pointer px-4 py-2.5 font-medium text-ink-soft sm:px-5">{words.internals}</summary>
      {isOpen && <div className="grid pb-2 md:grid-cols-2">{children}</div>}
    </details>
  )
}

/** Each process' share of the work of its kind. */
export function Shares() {
  const { charts: words, processes } = useOpsWords()
  const format = useFormat()
  return (
    <div className="px-4 pt-2 pb-3 sm:px-5">
      <h3 className="font-semibold">{words.shares}</h3>
      <ul>
        {useLiveProcesses().map((process) => (
          <li key={processKey(process)} className="flex justify-between gap-4">
            <span className="min-w-0">
              {processes.kinds[process.kind]} <span className="text-small text-ink-soft">{process.id}</span>
            </span>
            {format.percent(process.share)}
          </li>
        ))}
      </ul>
    </div>
  )
}
