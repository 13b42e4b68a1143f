import type { Failure, Outcome } from '@flash-sale/contract/client'
import { isRefusalCode, refusals, type RefusalCode } from '@flash-sale/contract/order-outcomes'
import type { OrderAccepted } from '@flash-sale/contract/orders'

type AnswerCode = Failure['problem']['code']

/**
 * What the page does about an answer: `again`, it sends the same attempt again by itself; `refused`, it tells the buyer, in words of its
 * own. Every answer without an entry is a fault of this page.
 */
const reactions = {
  SOLD_OUT: 'refused',
  LIMIT_REACHED: 'refused',
  SALE_NOT_OPEN: 'refused',
  SALE_CLOSED: 'refused',
  // The button opens again by itself when the sale goes on.
  SALE_PAUSED: 'refused',
  // Without an order id, that is; see judgeAnswer.
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

/** Whether this answer leaves open that an order was taken. */
function isUnsure(code: CodeWith<'again'>): boolean {
  if (isRefusalCode(code)) return !refusals.get(code)!.isDefinite
  return code === 'INTERNAL' || code === 'NO_ANSWER'
}

/** What an answer to an order means to the buyer. */
export type Verdict =
  | { readonly kind: 'ACCEPTED'; readonly orderId: string }
  /** `orderIds`: the buyer's orders that count against the purchase limit, where that is why. */
  | { readonly kind: 'REFUSED'; readonly refusal: Refusal; readonly orderIds?: readonly string[] }
  | { readonly kind: 'SIGNED_OUT' }
  | {
      readonly kind: 'AGAIN'
      readonly reason: RetryReason
      readonly isUnsure: boolean
      readonly orderId?: string | undefined
      readonly retryAfterMs?: number | undefined
    }

/** How far this page's idea of the opening may be off: an order sent at the instant may arrive just before it. */
const clockErrorMs = 1_000

/** Judges an answer. `opensInMs` is how long the sale still has to its opening by this page's clock, negative once open. */
export function judgeAnswer(outcome: Outcome<OrderAccepted>, opensInMs: number): Verdict {
  if (outcome.ok) return { kind: 'ACCEPTED', orderId: outcome.value.orderId }
  const { problem } = outcome
  const orderId = 'orderId' in problem ? problem.orderId : undefined
  if (problem.code === 'UNAUTHORIZED') return { kind: 'SIGNED_OUT' }
  // Under this key an order was accepted, of another quantity: it is the buyer's order all the same.
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
