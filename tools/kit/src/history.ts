import type { ProblemCode } from '@flash-sale/contract/problem'

/** One answer that a client saw to one request, or that none came. Times are of any one monotonic clock, in ms. */
export interface Answer {
  readonly buyer: string
  /** The idempotency key: the client's name for its attempt to buy, whatever number of requests that took. */
  readonly key: string
  readonly quantity: number
  readonly outcome: 'ACCEPTED' | ProblemCode | 'NO_ANSWER'
  readonly orderId?: string | undefined
  /** How long the service told the client to wait before it asks again, in ms. */
  readonly retryAfterMs?: number | undefined
  readonly askedAtMs: number
  readonly answeredAtMs: number
}

/** An order as a store has it. */
export interface StoredOrder {
  readonly orderId: string
  readonly buyer: string
  readonly quantity: number
  /** Whether it takes units: confirmed or paid in Postgres, held in the ledger. */
  readonly active: boolean
  /** Whether it was accepted and then turned down by the service itself. */
  readonly rejected?: boolean
}

/** Both stores' say on one item at rest, read by plain SQL and plain Redis commands. */
export interface StoredItem {
  readonly total: number
  readonly purchaseLimit: number
  /** Postgres' running counters, kept beside the rows. */
  readonly persistedUnits: number
  readonly quotas: readonly { readonly buyer: string; readonly units: number }[]
  readonly rows: readonly StoredOrder[]
  /** Undefined when the ledger is missing, or suspended until it is rebuilt. */
  readonly ledger: StoredLedger | undefined
}

export interface StoredLedger {
  readonly total: number
  readonly available: number
  readonly waitingEntryCount: number
  readonly orders: readonly StoredOrder[]
  readonly buyers: readonly { readonly buyer: string; readonly units: number }[]
}

/** A breach of one of the design's invariants, in words. */
export interface Violation {
  readonly invariant: 'I1' | 'I2' | 'I3' | 'I4' | 'I5' | 'I6' | 'I9'
  readonly fault:
    | 'OVERSOLD'
    | 'UNDERSOLD'
    | 'FALSELY_SOLD_OUT'
    | 'ACCEPTED_IN_VAIN'
    | 'LOST'
    | 'DUPLICATE'
    | 'WRONG_PAYLOAD'
    | 'UNASKED'
    | 'STORES_DIFFER'
    | 'OVER_LIMIT'
    | 'KEY_WITH_TWO_ORDERS'
    | 'ORDER_WITH_TWO_KEYS'
    | 'ANSWER_TAKEN_BACK'
    | 'NOT_AT_REST'
  readonly detail: string
}
