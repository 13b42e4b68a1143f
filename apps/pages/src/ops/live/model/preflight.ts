import {
  redisBytesOfUnit,
  type LiveItem,
  type LiveProcess,
  type LiveReadiness,
  type LiveStore,
} from '@flash-sale/contract/live'

export const preflightChecks = ['worker', 'redis', 'postgres', 'durable', 'ledgers', 'clock', 'room'] as const
type PreflightCheck = (typeof preflightChecks)[number]

/** `unknown`: it could not be read. */
export type CheckState = 'ready' | 'amiss' | 'unknown'

/** Whether each part is ready for the opening. */
export type Preflight = Readonly<Record<PreflightCheck, CheckState>>

/** A sale that opens within this is checked. In ms. */
export const preflightMs = 15 * 60_000
/** Clocks that are further apart, or jumped within the time of the check, are amiss. In ms. */
const apartMsMax = 1_000

export interface PreflightFacts {
  readonly items: readonly LiveItem[]
  readonly processes: readonly LiveProcess[]
  readonly stores: readonly LiveStore[]
  readonly readiness: LiveReadiness | undefined
  /** By the service's clock. */
  readonly nowMs: number
}

export function judgePreflight({ items, processes, stores, readiness, nowMs }: PreflightFacts): Preflight {
  const store = (name: LiveStore['name']) => {
    const found = stores.find((each) => each.name === name)
    return found ? stateOf(found.state === 'well') : 'unknown'
  }
  const isRedisHeard = store('redis') === 'ready'
  return {
    // Processes report to Redis.
    worker: isRedisHeard
      ? stateOf(processes.some(({ kind, silentMs }) => kind === 'worker' && silentMs === 0))
      : 'unknown',
    redis: store('redis'),
    postgres: store('postgres'),
    durable: durability(readiness),
    ledgers: items.some(({ invariant }) => invariant === 'unreadable')
      ? 'unknown'
      : stateOf(items.every(({ invariant }) => invariant === 'balanced')),
    clock: clock(readiness, nowMs),
    room: room(readiness, items),
  }
}

function durability(readiness: LiveReadiness | undefined): CheckState {
  if (!readiness || readiness.level === 'unknown') return 'unknown'
  return stateOf(readiness.level !== 'none')
}

function clock(readiness: LiveReadiness | undefined, nowMs: number): CheckState {
  if (!readiness?.clock) return 'unknown'
  const { apartMs, steppedAt } = readiness.clock
  const hasJumped = steppedAt !== undefined && nowMs - Date.parse(steppedAt) < preflightMs
  return stateOf(Math.abs(apartMs) <= apartMsMax && !hasJumped)
}

function room(readiness: LiveReadiness | undefined, items: readonly LiveItem[]): CheckState {
  const left = roomLeft(readiness)
  if (left === undefined) return 'unknown'
  return stateOf(left >= items.reduce((sum, { available }) => sum + available, 0))
}

/** The worst of the checks: `unknown` if nothing is amiss as far as it could be read. */
export function worstCheck(preflight: Preflight): CheckState {
  const states = Object.values(preflight)
  return (['amiss', 'unknown'] as const).find((state) => states.includes(state)) ?? 'ready'
}

/** The orders of one unit for which Redis has room, if no worker saves them; undefined if Redis does not tell its memory. */
export function roomLeft(readiness: LiveReadiness | undefined): number | undefined {
  if (!readiness?.redisRoom) return undefined
  const { limitBytes, usedBytes } = readiness.redisRoom
  return Math.floor(Math.max(0, limitBytes - usedBytes) / redisBytesOfUnit)
}

/** The same as a number for people: an estimate has two digits. */
export function roughly(count: number): number {
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, count))) - 1)
  return Math.floor(count / unit) * unit
}

function stateOf(isReady: boolean): CheckState {
  return isReady ? 'ready' : 'amiss'
}
