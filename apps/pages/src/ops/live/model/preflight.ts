import type { LiveItem, LiveProcess, LiveStore } from '@flash-sale/contract/live'

export const preflightChecks = ['worker', 'redis', 'postgres', 'ledgers'] as const
type PreflightCheck = (typeof preflightChecks)[number]

/** Whether each part is ready for the opening. */
export type Preflight = Readonly<Record<PreflightCheck, boolean>>

/** A sale that opens within this is checked. In ms. */
export const preflightMs = 15 * 60_000

export function judgePreflight(
  items: readonly LiveItem[],
  processes: readonly LiveProcess[],
  stores: readonly LiveStore[],
): Preflight {
  const isWell = (store: LiveStore['name']) => stores.some(({ name, state }) => name === store && state === 'well')
  return {
    worker: processes.some(({ kind, silentMs }) => kind === 'worker' && silentMs === 0),
    redis: isWell('redis'),
    postgres: isWell('postgres'),
    ledgers: items.every(({ invariant }) => invariant === 'balanced'),
  }
}
