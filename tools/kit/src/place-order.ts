import { setTimeout as sleep } from 'node:timers/promises'
import { createClient } from '@flash-sale/contract/client'
import { refusalCodes, refusals } from '@flash-sale/contract/order-outcomes'
import type { Answer } from './history.ts'
import { buyerToken } from './test-tokens.ts'

export interface OrderWish {
  readonly buyer: string
  readonly key: string
  readonly quantity: number
}

/** Places one order and resolves with what came of it. Never rejects. */
export type PlaceOrder = (wish: OrderWish) => Promise<Answer>

/** Places orders of an item over HTTP; every answer is added to the history. */
export function overHttp(baseUrl: string, itemId: number, history: Answer[], timeoutMs = 10_000): PlaceOrder {
  return async ({ buyer, key, quantity }) => {
    const client = createClient({ baseUrl, token: buyerToken(buyer), timeoutMs })
    const askedAtMs = performance.now()
    const outcome = await client.placeOrder({ itemId, quantity }, { idempotencyKey: key })
    const answeredAtMs = performance.now()
    const said = outcome.ok
      ? { outcome: 'ACCEPTED' as const, orderId: outcome.value.orderId }
      : { outcome: outcome.problem.code, ...('orderId' in outcome.problem && { orderId: outcome.problem.orderId }) }
    const answer: Answer = { buyer, key, quantity, askedAtMs, answeredAtMs, ...said }
    history.push(answer)
    return answer
  }
}

/** "Not now, or unknown": a client that wants its order asks again with the same key. */
export function isToBeRepeated({ outcome }: Answer): boolean {
  return repeatable.has(outcome)
}

const repeatable = new Set<Answer['outcome']>([
  ...refusalCodes.filter((code) => refusals.get(code)!.retry === 'soon'),
  'NO_ANSWER',
])

export interface PatienceOptions {
  readonly untilMs?: number
  readonly pauseMs?: number
}

/**
 * Places an order the way a patient client does: again with the same key, at any process, until the answer is definite.
 * Returns the last answer, definite or not, after `untilMs`.
 */
export async function placePatiently(
  processes: readonly PlaceOrder[],
  wish: OrderWish,
  { untilMs = 20_000, pauseMs = 100 }: PatienceOptions = {},
): Promise<Answer> {
  const giveUpAt = performance.now() + untilMs
  for (;;) {
    const place = processes[Math.floor(Math.random() * processes.length)]!
    const answer = await place(wish)
    if (!isToBeRepeated(answer) || performance.now() > giveUpAt) return answer
    await sleep(pauseMs * (0.5 + Math.random()))
  }
}

export interface StormOptions extends PatienceOptions {
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
