import type { LifeViolation } from '@flash-sale/kit/judge-life'
import type { Point } from '../faults/fault.ts'

export const breachKinds = ['lost', 'oversold', 'duplicates', 'stranded', 'overLimit', 'astray', 'mistold'] as const

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
  /** Of the item that asks for payment. */
  readonly lives: LifeCounts
  readonly breaches: readonly Breach[]
  /** Accepted orders that are gone, where the fault left nothing to bring them back from. */
  readonly toldLossCount: number
  readonly unknown: UnknownOutcomes
  /** From the end of the fault until every item sold again and what the outbox held was persisted. Undefined: it never did. In ms. */
  readonly recoveryMs: number | undefined
  /** What processes logged at level 50 and above, each once. */
  readonly alarms: readonly string[]
}

/** What became of orders and money of an item. */
export interface LifeCounts {
  /** Orders that were paid, also those that were refunded later. */
  readonly paidCount: number
  /** Orders that ended, and gave their units back. */
  readonly givenBackCount: number
  readonly refundedCount: number
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
export const kindOfFault: Readonly<Record<LifeViolation['fault'], BreachKind>> = {
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
  MONEY_WITHOUT_GOODS: 'astray',
  GOODS_WITHOUT_MONEY: 'astray',
  MONEY_COUNTED_TWICE: 'astray',
  PUT_OFF_TOO_LONG: 'astray',
  NOT_TOLD: 'mistold',
  TOLD_TWICE: 'mistold',
  TOLD_TOO_EARLY: 'mistold',
  TOLD_WRONGLY: 'mistold',
  STATUS_TAKEN_BACK: 'mistold',
}
