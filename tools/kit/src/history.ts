import type { ProblemCode } from '@flash-sale/contract/problem'

/** One answer that a client got to one request, or that no answer came. Times are by one monotonic clock, in ms. */
export interface Answer {
  readonly buyer: string
  /** The idempotency key: the client's name for its attempt to buy. One attempt may take several requests. */
  readonly key: string
  readonly quantity: number
  readonly outcome: 'ACCEPTED' | ProblemCode | 'NO_ANSWER'
  readonly orderId?: string | undefined
  /** The wait that the service asks for before the next try, in ms. */
  readonly retryAfterMs?: number | undefined
  readonly askedAtMs: number
  readonly answeredAtMs: number
}

/** An order in a store. */
export interface StoredOrder {
  readonly orderId: string
  readonly buyer: string
  readonly quantity: number
  /** Whether the order takes units: confirmed or paid in Postgres, held in the ledger. */
  readonly active: boolean
  /** Whether the service accepted the order and then rejected it. */
  readonly rejected?: boolean
  /** Whether the order ended, or gave its units back: cancelled or expired in Postgres, returned in the ledger. */
  readonly returned?: boolean
  /** The ended order in whose place late money bought this one. */
  readonly replaces?: string | undefined
}

/** The data of one item in both stores at rest, read by plain SQL and plain Redis commands. */
export interface StoredItem {
  readonly total: number
  readonly purchaseLimit: number
  /** Postgres' running counters, kept beside the rows. */
  readonly persistedUnits: number
  /** Units of ended orders that are not noted to be back in the ledger; the withdrawn ones of them are not counted. */
  readonly returningUnits: number
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

/** A breach of an invariant (docs/invariants.md), in words. */
export interface Violation {
  readonly invariant: 'I1' | 'I2' | 'I3' | 'I4' | 'I5' | 'I6' | 'I9' | 'I11' | 'I12'
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
    | 'NOT_GIVEN_BACK'
    | 'GIVEN_BACK_WRONGLY'
    | 'REPLACES_WRONGLY'
  readonly detail: string
}
