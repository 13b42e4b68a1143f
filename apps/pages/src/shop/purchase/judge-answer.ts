import type { Failure, Outcome } from '@flash-sale/contract/client'
import { isRefusalCode, refusals, type RefusalCode } from '@flash-sale/contract/order-outcomes'
import type { OrderAccepted } from '@flash-sale/contract/orders'

type AnswerCode = Failure['problem']['code']

/**
 * What the page does about an answer. `again`: it sends the same attempt again by itself. `refused`: it tells the buyer in its own words.
 * An answer without an entry is a fault of this page.
 */
const reactions = {
  SOLD_OUT: 'refused',
  LIMIT_REACHED: 'refused',
  SALE_NOT_OPEN: 'refused',
  SALE_CLOSED: 'refused',
  // Not `again`, since the button opens by itself when the sale goes on.
  SALE_PAUSED: 'refused',
  // Only without an order id; see judgeAnswer.
  KEY_CONFLICT: 'not understood',
  BUSY: 'again',
  OVERLOADED: 'again',
  OUTCOME_UNKNOWN: 'again',
  UNAVAILABLE: 'again',
  ITEM_NOT_FOUND: 'refused',
  INTERNAL: 'again',
  NO_ANSWER: 'again',
} as const satisfies Partial<Record<AnswerCode, Reaction>> & Record<RefusalCode, Reaction>

type Reaction = 'again' | 'refused' | 'not understood'
type Reactions = typeof reactions
type CodeWith<Wanted extends Reaction> = {
  [Code in keyof Reactions]: Reactions[Code] extends Wanted ? Code : never
}[keyof Reactions]

export type RetryReason = CodeWith<'again'> | 'NOT_QUITE_OPEN'
export type Refusal = CodeWith<'refused'> | 'NOT_UNDERSTOOD'

/** Whether the service may have accepted the order in spite of this answer. */
function isUnsure(code: CodeWith<'again'>): boolean {
  if (isRefusalCode(code)) return !refusals.get(code)!.isDefinite
  return code === 'INTERNAL' || code === 'NO_ANSWER'
}

/** The meaning of an answer for the buyer. */
export type Verdict =
  | { readonly kind: 'ACCEPTED'; readonly orderId: string }
  /** `orderIds`: the buyer's orders that count against the purchase limit, if the limit is the reason. */
  | { readonly kind: 'REFUSED'; readonly refusal: Refusal; readonly orderIds?: readonly string[] }
  | { readonly kind: 'SIGNED_OUT' }
  | {
      readonly kind: 'AGAIN'
      readonly reason: RetryReason
      readonly isUnsure: boolean
      readonly orderId?: string | undefined
      readonly retryAfterMs?: number | undefined
    }

/** How far this page's clock may be off. An order that is sent at the opening may arrive just before it. */
const clockErrorMs = 1_000

/** Judges an answer. `opensInMs` is the time to the opening by this page's clock, negative once the sale is open. */
export function judgeAnswer(outcome: Outcome<OrderAccepted>, opensInMs: number): Verdict {
  if (outcome.ok) return { kind: 'ACCEPTED', orderId: outcome.value.orderId }
  const { problem } = outcome
  const orderId = 'orderId' in problem ? problem.orderId : undefined
  if (problem.code === 'UNAUTHORIZED') return { kind: 'SIGNED_OUT' }
  // The service accepted an order of another quantity under this key. It is the buyer's order too.
  if (problem.code === 'KEY_CONFLICT' && orderId) return { kind: 'ACCEPTED', orderId }
  if (problem.code === 'SALE_NOT_OPEN' && opensInMs < clockErrorMs) {
    return { kind: 'AGAIN', reason: 'NOT_QUITE_OPEN', isUnsure: false, retryAfterMs: Math.max(opensInMs, 100) }
  }
  const { code } = problem
  if (!isTo('again', code)) {
    const refusal = isTo('refused', code) ? code : 'NOT_UNDERSTOOD'
    const orderIds = 'orderIds' in problem ? problem.orderIds : undefined
    return { kind: 'REFUSED', refusal, ...(orderIds && { orderIds }) }
  }
  const retryAfterMs = 'retryAfterMs' in problem ? problem.retryAfterMs : undefined
  return { kind: 'AGAIN', reason: code, isUnsure: isUnsure(code), orderId, retryAfterMs }
}

function isTo<Wanted extends Reaction>(reaction: Wanted, code: AnswerCode): code is CodeWith<Wanted> {
  return code in reactions && reactions[code as keyof Reactions] === reaction
}
