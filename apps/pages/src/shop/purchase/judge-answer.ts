import type { Failure, Outcome } from '@flash-sale/contract/client'
import type { OrderAccepted } from '@flash-sale/contract/orders'

type AnswerCode = Failure['problem']['code']

/** Answers after which the same attempt is sent again by itself. */
const retriedCodes = [
  'BUSY',
  'OVERLOADED',
  'TOO_MANY_REQUESTS',
  'UNAVAILABLE',
  'OUTCOME_UNKNOWN',
  'INTERNAL',
  'NO_ANSWER',
] as const satisfies AnswerCode[]

export type RetryReason = (typeof retriedCodes)[number] | 'NOT_QUITE_OPEN'

/** Of these, the ones that leave open whether an order was taken; the others say that nothing was. */
const unsureCodes = new Set<AnswerCode>(['OUTCOME_UNKNOWN', 'INTERNAL', 'NO_ANSWER'])

/** Answers that say no, each with words of its own; every other no is a fault of this page. */
const refusals = [
  'SOLD_OUT',
  'LIMIT_REACHED',
  'SALE_NOT_OPEN',
  'SALE_CLOSED',
  'SALE_PAUSED',
  'ITEM_NOT_FOUND',
] as const satisfies AnswerCode[]

export type Refusal = (typeof refusals)[number] | 'NOT_UNDERSTOOD'

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
  const reason = retriedCodes.find((code) => code === problem.code)
  if (!reason) {
    const refusal = refusals.find((code) => code === problem.code) ?? 'NOT_UNDERSTOOD'
    const orderIds = 'orderIds' in problem ? problem.orderIds : undefined
    return { kind: 'REFUSED', refusal, ...(orderIds && { orderIds }) }
  }
  const retryAfterMs = 'retryAfterMs' in problem ? problem.retryAfterMs : undefined
  return { kind: 'AGAIN', reason, isUnsure: unsureCodes.has(reason), orderId, retryAfterMs }
}
