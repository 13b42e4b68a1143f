import type { ProcessKind } from '@flash-sale/contract/live'

/** What the bar over every page says. */
export type Verdict =
  /** Nothing was heard yet. */
  | { readonly kind: 'unknown' }
  | { readonly kind: 'well' }
  /** The worst cause first. */
  | { readonly kind: 'ill'; readonly causes: readonly [Cause, ...Cause[]] }

/** The newest numbers of the page: when they were made, and their age. */
interface LastNumbers {
  readonly frameAt?: string
  readonly ageMs?: number
}

/** Spans are in ms. `names` are those of items or sales, at least one. */
export type Cause =
  | (LastNumbers & { readonly name: 'NO_CONNECTION'; readonly retryInMs?: number })
  | (LastNumbers & { readonly name: 'NOTHING_COMES' })
  /** The service answers, but refuses the live numbers for this reason. */
  | { readonly name: 'NOT_SERVED'; readonly reason: string }
  | { readonly name: 'REDIS_SILENT'; readonly forMs: number }
  | { readonly name: 'POSTGRES_SILENT'; readonly forMs: number; readonly waitingUnits: number }
  | { readonly name: 'REDIS_IMPAIRED'; readonly forMs: number; readonly fault: string }
  | { readonly name: 'POSTGRES_IMPAIRED'; readonly forMs: number; readonly fault: string }
  | {
      readonly name: 'NOT_BALANCED'
      readonly names: readonly string[]
      readonly oversold: number
      readonly undersold: number
    }
  /** `forMs` is undefined if no worker was ever seen. */
  | { readonly name: 'NO_WORKER'; readonly forMs: number | undefined; readonly waitingUnits: number }
  | { readonly name: 'NO_LEDGER'; readonly names: readonly string[]; readonly isBeingMade: boolean }
  | { readonly name: 'OUTBOX_OLD'; readonly ageMs: number; readonly waitingUnits: number }
  | {
      readonly name: 'PROCESS_SILENT'
      readonly kind: ProcessKind
      readonly id: string
      readonly forMs: number
      /** Live processes of the same kind. */
      readonly othersCount: number
    }
  /** `mayWait`: orders wait for long, or it cannot be read whether they do. Other jobs mostly save the orders of a failed one. */
  | { readonly name: 'FAILED_JOBS'; readonly count: number; readonly mayWait: boolean }
  /** Money came for no payment of ours, and no operator said yet what became of it. */
  | { readonly name: 'UNKNOWN_MONEY'; readonly count: number }
  | { readonly name: 'REFUNDS_FAIL'; readonly count: number }
  /** Webhook endpoints: the service gave them up; they do not take what is sent; an operator paused them. */
  | { readonly name: 'WEBHOOKS_STOPPED'; readonly count: number }
  | { readonly name: 'WEBHOOKS_FAIL'; readonly count: number }
  | { readonly name: 'WEBHOOKS_PAUSED'; readonly count: number }
  | { readonly name: 'DEAD_LETTERS'; readonly count: number }
  | { readonly name: 'DEGRADED'; readonly reason: string }
  | { readonly name: 'SALE_PAUSED'; readonly names: readonly string[] }
  | { readonly name: 'SLOW'; readonly p99Ms: number; readonly targetMs: number }

export type CauseName = Cause['name']

/** `bad`: buyers or orders suffer. `caution`: somebody should look. */
export type Level = 'bad' | 'caution'

const cautions: ReadonlySet<CauseName> = new Set<CauseName>([
  'OUTBOX_OLD',
  'PROCESS_SILENT',
  'FAILED_JOBS',
  'UNKNOWN_MONEY',
  'REFUNDS_FAIL',
  'WEBHOOKS_STOPPED',
  'WEBHOOKS_FAIL',
  'WEBHOOKS_PAUSED',
  'DEAD_LETTERS',
  'DEGRADED',
  'SALE_PAUSED',
  'SLOW',
])

export function levelOf(cause: Cause): Level {
  if (cause.name === 'NO_LEDGER') return cause.isBeingMade ? 'caution' : 'bad'
  return cautions.has(cause.name) ? 'caution' : 'bad'
}
