import { setTimeout as sleep } from 'node:timers/promises'
import { createClient, type Outcome } from '@flash-sale/contract/client'
import { refusalCodes, refusals } from '@flash-sale/contract/order-outcomes'
import type { OrderAccepted } from '@flash-sale/contract/orders'
import type { Answer } from './history.ts'
import { askPatiently, type Patience } from './patience.ts'

export interface OrderWish {
  readonly buyer: string
  readonly key: string
  readonly quantity: number
}

/** Places one order and resolves with the answer. Never rejects. */
export type PlaceOrder = (wish: OrderWish) => Promise<Answer>

export interface OrderTarget {
  /** The address of the API. */
  readonly baseUrl: string
  readonly itemId: number
  /** The token of a buyer. */
  readonly tokenOf: (buyer: string) => string
  /** Bounds the wait for one answer. Default 10 s. In ms. */
  readonly timeoutMs?: number
}

/** Places orders of an item over HTTP. Adds every answer to the history, and also that no answer came. */
export function overHttp({ baseUrl, itemId, tokenOf, timeoutMs = 10_000 }: OrderTarget, history: Answer[]): PlaceOrder {
  return async ({ buyer, key, quantity }) => {
    const client = createClient({ baseUrl, token: tokenOf(buyer), timeoutMs })
    const askedAtMs = performance.now()
    const outcome = await client.placeOrder({ itemId, quantity }, { idempotencyKey: key })
    const answeredAtMs = performance.now()
    const answer: Answer = { buyer, key, quantity, askedAtMs, answeredAtMs, ...whatWasSaid(outcome) }
    history.push(answer)
    return answer
  }
}

function whatWasSaid(outcome: Outcome<OrderAccepted>): Pick<Answer, 'outcome' | 'orderId' | 'retryAfterMs'> {
  if (outcome.ok) return { outcome: 'ACCEPTED', orderId: outcome.value.orderId }
  const { problem } = outcome
  if (problem.code === 'NO_ANSWER') return { outcome: problem.code }
  return { outcome: problem.code, orderId: problem.orderId, retryAfterMs: problem.retryAfterMs }
}

/** Whether a client that wants its order asks again with the same key: after "not now", or an unknown outcome. */
export function isToBeRepeated({ outcome }: Answer): boolean {
  return repeatable.has(outcome)
}

const repeatable = new Set<Answer['outcome']>([
  ...refusalCodes.filter((code) => refusals.get(code)!.retry === 'soon'),
  'NO_ANSWER',
])

/**
 * Places an order like a patient client: repeats it with the same key, at any process, until the answer is definite. Returns the last
 * answer, definite or not.
 */
export function placePatiently(
  processes: readonly PlaceOrder[],
  wish: OrderWish,
  patience: Patience = {},
): Promise<Answer> {
  const place = () => processes[Math.floor(Math.random() * processes.length)]!(wish)
  return askPatiently(
    place,
    (answer) => (isToBeRepeated(answer) ? { afterMs: answer.retryAfterMs } : 'NEVER'),
    patience,
  )
}

export interface StormOptions extends Patience {
  /** Names of buyers and keys begin with it. Default `buyer`. */
  readonly prefix?: string
  readonly quantity?: number
  /** Buyers come one after the other during this time; default all at once. */
  readonly arriveWithinMs?: number
}

/** One order for each of `count` buyers, all of them patient. */
export function storm(
  processes: readonly PlaceOrder[],
  count: number,
  { prefix = 'buyer', quantity = 1, arriveWithinMs = 0, ...patience }: StormOptions = {},
): Promise<Answer[]> {
  return Promise.all(
    Array.from({ length: count }, async (_, i) => {
      if (arriveWithinMs > 0) await sleep((arriveWithinMs * i) / count)
      return placePatiently(processes, { buyer: `${prefix}-${i}`, key: `${prefix}-key-${i}`, quantity }, patience)
    }),
  )
}
