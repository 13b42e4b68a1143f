import { useSyncExternalStore } from 'react'
import { keepInBrowser } from '../../../browser/kept-text.ts'

const name = 'flashSale.dismissedProcesses'
/** More processes than die in a tab's life. */
const countMax = 200
const kept = keepInBrowser(() => sessionStorage)
const listeners = new Set<() => void>()

let dismissed: ReadonlySet<string> = new Set((kept.get(name) ?? '').split('\n').filter(Boolean))

/** The dead processes that the operator has dismissed, by their keys. The tab keeps them. */
export function useDismissed(): ReadonlySet<string> {
  return useSyncExternalStore(listen, () => dismissed)
}

/** Removes a dead process from view. */
export function dismiss(key: string): void {
  dismissed = new Set([...dismissed, key].slice(-countMax))
  kept.set(name, [...dismissed].join('\n'))
  for (const listener of listeners) listener()
}

function listen(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}
