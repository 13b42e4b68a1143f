import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { orderBody } from '@flash-sale/kit/order-request'
import { buyerTokenSigner } from '@flash-sale/kit/sign-tokens'
import { Pool } from 'undici'
import { requestOrder, type Answer } from './order-request.ts'
import type { StormTally } from './storm-tally.ts'

export interface StormOptions {
  readonly apiUrl: string
  readonly itemId: number
  readonly purchaseLimit: number
  readonly buyerCount: number
  /** The buyers come within this time, few at first, then more and more. 0: as fast as they get answers. */
  readonly arriveWithinMs: number
  readonly jwtSecret: string
  readonly tally: StormTally
  readonly signal: AbortSignal
}

/** Keep-alive connections. With more, orders would only wait in the API, and the latencies would show the wait. */
export const connectionCount = 128
/** Buyers at one moment. They are fewer than the connections, since a double click needs two. */
const buyersAtOnce = 96
const answerWithinMs = 15_000
const tokenLifeMs = 60 * 60 * 1_000

/** How a buyer acts. Most buyers click once. */
type Habit = 'clicks once' | 'double-clicks' | 'sends it again' | 'tries a second order'
const habits: readonly Habit[] = [
  'double-clicks',
  'clicks once',
  'clicks once',
  'sends it again',
  'clicks once',
  'clicks once',
  'tries a second order',
  'clicks once',
  'clicks once',
  'clicks once',
]

/** Lets every buyer order the item, each with a token of its own. Resolves when each has an answer. */
export async function runStorm(options: StormOptions): Promise<void> {
  const { apiUrl, buyerCount, arriveWithinMs, signal, jwtSecret } = options
  const pool = new Pool(apiUrl, {
    connections: connectionCount,
    pipelining: 1,
    headersTimeout: answerWithinMs,
    bodyTimeout: answerWithinMs,
  })
  const tokenOf = buyerTokenSigner(jwtSecret, tokenLifeMs)
  const disconnect = () => void pool.destroy()
  signal.addEventListener('abort', disconnect)
  const startedAtMs = performance.now()
  let next = 0
  const sendBuyers = async () => {
    while (next < buyerCount && !signal.aborted) {
      const number = next++
      const arrivesAtMs = startedAtMs + arriveWithinMs * Math.sqrt(number / buyerCount)
      await until(arrivesAtMs, signal)
      await visit(pool, options, number, tokenOf)
      options.tally.answeredBuyers += 1
    }
  }
  try {
    await Promise.all(Array.from({ length: buyersAtOnce }, sendBuyers))
    signal.throwIfAborted()
  } finally {
    signal.removeEventListener('abort', disconnect)
    await pool.destroy()
  }
}

/** Waits in short steps, so that an interruption is noticed. */
async function until(atMs: number, signal: AbortSignal): Promise<void> {
  while (!signal.aborted && performance.now() < atMs) await sleep(Math.min(atMs - performance.now(), 100))
}

async function visit(
  pool: Pool,
  { itemId, purchaseLimit, tally, signal }: StormOptions,
  number: number,
  tokenOf: (buyer: string) => string,
): Promise<void> {
  const buyer = `buyer-${String(number + 1).padStart(5, '0')}`
  const token = tokenOf(buyer)
  const wanted = (number % 2) + 1
  const key = randomUUID()
  const events = {
    signal,
    onLatency: tally.noteLatency,
    onComeback: () => void (tally.comebacks += 1),
  }
  const order = (quantity: number, idempotencyKey: string) =>
    requestOrder(pool, { token, idempotencyKey, body: orderBody(itemId, quantity) }, events)
  const note = (quantity: number, answers: readonly Answer[]) => noteAnswers(tally, { buyer, quantity }, answers)

  switch (habits[Math.floor(number / 2) % habits.length]!) {
    case 'clicks once':
      return note(wanted, [await order(wanted, key)])
    case 'double-clicks':
      return note(wanted, await Promise.all([order(wanted, key), order(wanted, key)]))
    case 'sends it again':
      return note(wanted, [await order(wanted, key), await order(wanted, key)])
    case 'tries a second order':
      note(wanted, [await order(wanted, key)])
      return note(purchaseLimit, [await order(purchaseLimit, randomUUID())])
  }
}

/** Records the answers to one idempotency key. */
function noteAnswers(
  tally: StormTally,
  { buyer, quantity }: { readonly buyer: string; readonly quantity: number },
  answers: readonly Answer[],
): void {
  for (const answer of answers) {
    if (answer.kind === 'none') tally.unanswered.push(answer.why)
    if (answer.kind === 'refused') tally.refusals.set(answer.code, (tally.refusals.get(answer.code) ?? 0) + 1)
    if (answer.kind !== 'accepted') continue
    if (answer.isReplay) tally.replays += 1
    if (tally.accepted.has(answer.orderId)) continue
    tally.accepted.set(answer.orderId, { orderId: answer.orderId, buyer, quantity })
    tally.acceptedUnits += quantity
  }
  if (answers.some(({ kind }) => kind !== 'refused')) tally.attempts.set(buyer, (tally.attempts.get(buyer) ?? 0) + 1)
}
