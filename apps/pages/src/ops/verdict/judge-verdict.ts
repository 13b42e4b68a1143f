import {
  answerTargetMs,
  outboxAgeTargetMs,
  type LiveItem,
  type LiveStore,
  type LiveTroubles,
} from '@flash-sale/contract/live'
import { isCounted } from '../live/model/is-counted.ts'
import type { KnownState } from './known-state.ts'
import { processCauses } from './process-causes.ts'
import type { Cause, CauseName, Verdict } from './verdict.ts'

/** A connection that is lost for less than this is mostly one that is being made anew. In ms. */
const lostToldAfterMs = 1_500
/** Answers are slow when most of these newest seconds were. */
const slowWindowMs = 6_000
const slowSecondsMin = 3

/** The worst cause first. */
const fromWorst: readonly CauseName[] = [
  'REDIS_SILENT',
  'POSTGRES_SILENT',
  'REDIS_IMPAIRED',
  'NOT_BALANCED',
  'POSTGRES_IMPAIRED',
  'NO_WORKER',
  'NO_LEDGER',
  'OUTBOX_OLD',
  'PROCESS_SILENT',
  'UNKNOWN_MONEY',
  'REFUNDS_FAIL',
  'WEBHOOKS_STOPPED',
  'FAILED_JOBS',
  'WEBHOOKS_FAIL',
  'DEAD_LETTERS',
  'DEGRADED',
  'SALE_PAUSED',
  'WEBHOOKS_PAUSED',
  'SLOW',
]

/** Judges whether all is well, from what the page knows and nothing else. A cause that another one explains is left out. */
export function judgeVerdict(known: KnownState): Verdict {
  // A page that hears nothing knows nothing else.
  const deaf = connectionCause(known)
  if (deaf) return { kind: 'ill', causes: [deaf] }
  const { frameAtMs } = known
  if (frameAtMs === undefined) return { kind: 'unknown' }
  const causes = [
    ...storeCauses(known, frameAtMs),
    ...processCauses(known),
    ...itemCauses(known),
    ...workCauses(known, frameAtMs),
    ...troubleCauses(known),
  ]
  const [worst, ...others] = causes.toSorted(
    (one, other) => fromWorst.indexOf(one.name) - fromWorst.indexOf(other.name),
  )
  return worst ? { kind: 'ill', causes: [worst, ...others] } : { kind: 'well' }
}

function connectionCause({ freshness }: KnownState): Cause | undefined {
  if (freshness.kind === 'live' || freshness.kind === 'connecting') return undefined
  const { kind, refusal, ...age } = freshness
  if (kind === 'stale') return { name: 'NOTHING_COMES', ...age }
  if (refusal !== undefined) return { name: 'NOT_SERVED', reason: refusal }
  return age.ageMs !== undefined && age.ageMs < lostToldAfterMs ? undefined : { name: 'NO_CONNECTION', ...age }
}

function storeCauses({ stores, items }: KnownState, nowMs: number): Cause[] {
  return stores.flatMap(({ name, state, since, fault = '' }): Cause[] => {
    const forMs = Math.max(0, nowMs - Date.parse(since))
    if (state === 'well') return []
    if (name === 'redis') {
      return state === 'silent' ? [{ name: 'REDIS_SILENT', forMs }] : [{ name: 'REDIS_IMPAIRED', forMs, fault }]
    }
    if (state === 'impaired') return [{ name: 'POSTGRES_IMPAIRED', forMs, fault }]
    return [{ name: 'POSTGRES_SILENT', forMs, waitingUnits: waitingUnitsOf(items) }]
  })
}

function itemCauses({ items }: KnownState): Cause[] {
  const causes: Cause[] = []
  const broken = items.filter(({ invariant }) => invariant === 'broken')
  const sum = (fault: 'oversold' | 'undersold') =>
    broken.reduce((units, item) => units + (item.faults?.[fault] ?? 0), 0)
  if (broken.length > 0) {
    const names = broken.map(({ name }) => name)
    causes.push({ name: 'NOT_BALANCED', names, oversold: sum('oversold'), undersold: sum('undersold') })
  }
  const closed = items.filter(({ invariant, state }) => invariant === 'unavailable' && state === 'open')
  if (closed.length > 0) {
    const isBeingMade = closed.every(({ lock }) => lock !== undefined)
    causes.push({ name: 'NO_LEDGER', names: closed.map(({ name }) => name), isBeingMade })
  }
  const paused = new Set(items.filter(({ state }) => state === 'paused').map(({ saleName }) => saleName))
  if (paused.size > 0) causes.push({ name: 'SALE_PAUSED', names: [...paused] })
  return causes
}

function workCauses(known: KnownState, nowMs: number): Cause[] {
  const { items, stores, failedJobs, degraded, rates } = known
  const causes: Cause[] = degraded.map((reason) => ({ name: 'DEGRADED', reason }))
  const ageMs = Math.max(0, ...items.map(({ oldestOutboxAgeMs }) => oldestOutboxAgeMs))
  if (failedJobs !== null && failedJobs > 0) {
    const mayWait = ageMs > outboxAgeTargetMs || !items.every(({ invariant }) => isCounted(invariant))
    causes.push({ name: 'FAILED_JOBS', count: failedJobs, mayWait })
  }
  // Without a worker, or without Postgres, orders wait of course.
  if (ageMs > outboxAgeTargetMs && isWell(stores) && hasWorker(known)) {
    causes.push({ name: 'OUTBOX_OLD', ageMs, waitingUnits: waitingUnitsOf(items) })
  }
  const slow = rates.filter(({ at, p99Ms }) => Date.parse(at) > nowMs - slowWindowMs && (p99Ms ?? 0) > answerTargetMs)
  if (slow.length >= slowSecondsMin) {
    causes.push({ name: 'SLOW', p99Ms: Math.max(...slow.map(({ p99Ms }) => p99Ms ?? 0)), targetMs: answerTargetMs })
  }
  return causes
}

const troubleNames = {
  unknownMoney: 'UNKNOWN_MONEY',
  failingRefunds: 'REFUNDS_FAIL',
  failedEndpoints: 'WEBHOOKS_STOPPED',
  failingEndpoints: 'WEBHOOKS_FAIL',
  pausedEndpoints: 'WEBHOOKS_PAUSED',
  deadLetters: 'DEAD_LETTERS',
} as const satisfies Record<keyof LiveTroubles, CauseName>

function troubleCauses({ troubles }: KnownState): Cause[] {
  if (!troubles) return []
  const kinds = Object.keys(troubleNames) as (keyof LiveTroubles)[]
  return kinds.filter((kind) => troubles[kind] > 0).map((kind) => ({ name: troubleNames[kind], count: troubles[kind] }))
}

function hasWorker({ processes }: KnownState): boolean {
  return processes.some(({ kind, silentMs }) => kind === 'worker' && silentMs === 0)
}

function isWell(stores: readonly LiveStore[]): boolean {
  return stores.every(({ state }) => state === 'well')
}

function waitingUnitsOf(items: readonly LiveItem[]): number {
  return items.reduce((units, { outboxUnits }) => units + outboxUnits, 0)
}
