import type { LiveProcess } from '@flash-sale/contract/live'
import type { KnownState } from './known-state.ts'
import type { Cause } from './verdict.ts'

/** The processes that should report and do not. */
export function processCauses({ processes, stores, items }: KnownState): Cause[] {
  // Processes report to Redis. Nothing is known of them while it takes no reports, and nothing before any of them reported.
  const isHeard = stores.some(({ name, state }) => name === 'redis' && state === 'well')
  const live = processes.filter(({ silentMs }) => silentMs === 0)
  if (!isHeard || live.length === 0) return []
  const silent = processes.filter(({ silentMs }) => silentMs > 0)
  const causes: Cause[] = silent
    .filter((process) => !isReplaced(process, live))
    .map(({ kind, id, silentMs }) => {
      const othersCount = live.filter((other) => other.kind === kind).length
      return { name: 'PROCESS_SILENT', kind, id, forMs: silentMs, othersCount }
    })
  if (live.some(({ kind }) => kind === 'worker')) return causes
  const lastMs = Math.min(...silent.filter(({ kind }) => kind === 'worker').map(({ silentMs }) => silentMs))
  const waitingUnits = items.reduce((units, { outboxUnits }) => units + outboxUnits, 0)
  return [
    { name: 'NO_WORKER', forMs: Number.isFinite(lastMs) ? lastMs : undefined, waitingUnits },
    ...causes.filter((cause) => cause.name !== 'PROCESS_SILENT' || cause.kind !== 'worker'),
  ]
}

/** A process of its kind was started after its last report: it stays in the list of processes, but nothing is missing. */
function isReplaced({ kind, lastSeenAt }: LiveProcess, live: readonly LiveProcess[]): boolean {
  return live.some((other) => other.kind === kind && other.startedAt > lastSeenAt)
}
