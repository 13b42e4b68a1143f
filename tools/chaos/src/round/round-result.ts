import type { Violation } from '@flash-sale/kit/history'
import type { Point } from '../faults/fault.ts'

export const breachKinds = ['lost', 'oversold', 'duplicates', 'stranded', 'overLimit'] as const

export type BreachKind = (typeof breachKinds)[number]

/** Something that must never be, found after a strike. */
export interface Breach {
  readonly kind: BreachKind
  readonly detail: string
  /** What the buyers of it were told, in the order of time. Times are ms since the strike. */
  readonly excerpt: readonly string[]
}

export interface RoundResult {
  readonly fault: string
  readonly point: Point
  readonly seed: number
  /** Orders that were answered 202, each once. */
  readonly acceptedCount: number
  readonly breaches: readonly Breach[]
  /** Accepted orders that are gone, where the fault left nothing to bring them back from. */
  readonly toldLossCount: number
  readonly unknown: UnknownOutcomes
  /** From the end of the fault until every item sold again and what the outbox held was persisted. Undefined: it never did. In ms. */
  readonly recoveryMs: number | undefined
  /** What processes logged at level 50 and above, each once. */
  readonly alarms: readonly string[]
}

/** What became of the wishes to which some answer was missing or unknown. */
export interface UnknownOutcomes {
  /** They were accepted. */
  readonly orderCount: number
  /** They were not taken. */
  readonly refusedCount: number
  /** No definite answer came within a buyer's patience, by whether the stores have a row. */
  readonly neverToldCount: number
}

/** Which column of the table a violation is counted in. */
export const kindOfFault: Readonly<Record<Violation['fault'], BreachKind>> = {
  LOST: 'lost',
  ANSWER_TAKEN_BACK: 'lost',
  OVERSOLD: 'oversold',
  ACCEPTED_IN_VAIN: 'oversold',
  DUPLICATE: 'duplicates',
  UNASKED: 'duplicates',
  WRONG_PAYLOAD: 'duplicates',
  KEY_WITH_TWO_ORDERS: 'duplicates',
  ORDER_WITH_TWO_KEYS: 'duplicates',
  UNDERSOLD: 'stranded',
  FALSELY_SOLD_OUT: 'stranded',
  NOT_AT_REST: 'stranded',
  STORES_DIFFER: 'stranded',
  NOT_GIVEN_BACK: 'stranded',
  GIVEN_BACK_WRONGLY: 'oversold',
  REPLACES_WRONGLY: 'duplicates',
  OVER_LIMIT: 'overLimit',
}
