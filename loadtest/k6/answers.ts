import type { PassingRefusalCode, RefusalCode, UnsureRefusalCode } from '@flash-sale/contract/order-outcomes'
import type { problemCatalogue } from '@flash-sale/contract/problem'
import type { Response } from 'k6/http'
import { check } from 'k6'
import { Counter, Rate, Trend } from 'k6/metrics'
import { complain } from './complain.ts'
import { plan } from './plan.ts'

/**
 * The contract's refusals with their status. Any other answer but 202 is unexpected. k6 cannot import packages, so only types come from
 * the contract.
 */
const statusOf = {
  SOLD_OUT: 409,
  LIMIT_REACHED: 409,
  SALE_NOT_OPEN: 409,
  SALE_CLOSED: 410,
  KEY_CONFLICT: 422,
  SALE_PAUSED: 503,
  BUSY: 503,
  OVERLOADED: 503,
  OUTCOME_UNKNOWN: 503,
  UNAVAILABLE: 503,
} as const satisfies { readonly [Code in RefusalCode]: (typeof problemCatalogue)[Code]['status'] }

/**
 * How a refusal depends on load. `shed`: the service has too much to do and refuses the buyer. `possible`: load may cause it. `provoked`:
 * only a scenario that provokes it meets it.
 */
const underLoad = {
  SOLD_OUT: 'provoked',
  LIMIT_REACHED: 'provoked',
  SALE_NOT_OPEN: 'provoked',
  SALE_CLOSED: 'provoked',
  KEY_CONFLICT: 'provoked',
  SALE_PAUSED: 'provoked',
  BUSY: 'shed',
  OVERLOADED: 'shed',
  OUTCOME_UNKNOWN: 'possible',
  UNAVAILABLE: 'provoked',
} as const satisfies Record<RefusalCode, 'shed' | 'possible' | 'provoked'>

/** The refusals after which a buyer sends the order again by itself, with the same key. */
const passing = {
  BUSY: true,
  OVERLOADED: true,
  OUTCOME_UNKNOWN: true,
  SALE_PAUSED: true,
  UNAVAILABLE: true,
} as const satisfies Record<PassingRefusalCode, true>

export const passingRefusals = Object.keys(passing) as PassingRefusalCode[]

/** The refusals after which the order may still have been accepted. */
const unsure = { OUTCOME_UNKNOWN: true } as const satisfies Record<UnsureRefusalCode, true>

export type Answer =
  | { readonly kind: 'accepted' | 'replayed'; readonly orderId: string }
  | { readonly kind: 'refused'; readonly code: RefusalCode; readonly retryAfterMs: number }
  | { readonly kind: 'unexpected' }

const alwaysPossible = (Object.keys(underLoad) as RefusalCode[]).filter((code) => underLoad[code] !== 'provoked')

const accepted = new Counter('accepted_orders')
const acceptedOfItem = new Map(plan.items.map(({ itemId }) => [itemId, new Counter(`accepted_item_${itemId}`)]))
const replayed = new Counter('replayed_orders')
const unexpected = new Counter('unexpected_answers')
/** Requests whose order may have been accepted although no answer said so. */
const ambiguous = new Counter('ambiguous_answers')
/** Share of the requests that the service refused because it had too much to do. */
const shed = new Rate('shed_orders')
const acceptDuration = new Trend('accept_duration', true)
const refuseDuration = new Trend('refuse_duration', true)

export interface AnswerReader {
  readonly read: (response: Response, itemId: number) => Answer
  /** The statuses that k6 itself counts as success. */
  readonly statuses: readonly number[]
}

/** Sorts and counts the answers to orders. Call it in the init context, since each expected refusal gets a counter. */
export function createAnswerReader(expectedRefusals: readonly RefusalCode[]): AnswerReader {
  const codes = [...expectedRefusals, ...alwaysPossible]
  const refused = new Map(codes.map((code) => [code, new Counter(`refused_${code}`)]))

  function read(response: Response, itemId: number): Answer {
    const answer = sort(response, codes)
    check(response, { 'the answer is one of the contract': () => answer.kind !== 'unexpected' })
    shed.add(answer.kind === 'refused' && underLoad[answer.code] === 'shed')
    if (answer.kind === 'refused') {
      refused.get(answer.code)?.add(1)
      refuseDuration.add(response.timings.duration)
      if (answer.code in unsure) ambiguous.add(1)
    } else if (answer.kind === 'accepted') {
      accepted.add(1)
      acceptedOfItem.get(itemId)?.add(1)
      acceptDuration.add(response.timings.duration)
    } else if (answer.kind === 'replayed') {
      replayed.add(1)
    } else {
      noteUnexpected(response)
    }
    return answer
  }
  return { read, statuses: [202, ...new Set(codes.map((code) => statusOf[code]))] }
}

/** Counts an order whose first answer was lost, so that the buyer learns of it only by a replay. */
export function noteAmbiguous(): void {
  ambiguous.add(1)
}

function sort(response: Response, codes: readonly RefusalCode[]): Answer {
  const body = bodyOf(response)
  if (response.status === 202 && typeof body.orderId === 'string' && body.status === 'accepted') {
    const isReplay = response.headers['Idempotent-Replayed'] === 'true'
    return { kind: isReplay ? 'replayed' : 'accepted', orderId: body.orderId }
  }
  const code = codes.find((known) => known === body.code)
  if (!code || statusOf[code] !== response.status) return { kind: 'unexpected' }
  if (response.status === 503 && !response.headers['Retry-After']) return { kind: 'unexpected' }
  return { kind: 'refused', code, retryAfterMs: body.retryAfterMs ?? 0 }
}

function bodyOf({ body }: Response): { orderId?: string; status?: unknown; code?: string; retryAfterMs?: number } {
  try {
    return typeof body === 'string' ? JSON.parse(body) : {}
  } catch {
    return {}
  }
}

function noteUnexpected({ status, error, body }: Response): void {
  unexpected.add(1)
  // After a time-out, a broken connection or a 5xx the outcome of the order is unknown.
  if (status === 0 || status >= 500) ambiguous.add(1)
  complain(`unexpected answer: ${status} ${error || JSON.stringify(body)}`)
}
