import { setMaxListeners } from 'node:events'
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { createClient } from '@flash-sale/contract/client'
import { orderBody } from '@flash-sale/kit/order-request'
import { buyerTokenSigner } from '@flash-sale/kit/sign-tokens'
import { Pool } from 'undici'
import { comeBack } from './come-back.ts'
import { followOrders, intentOf, type Following } from './follow-orders.ts'
import { requestOrder, type Answer } from './order-request.ts'
import type { StormTally } from './storm-tally.ts'

export interface StormOptions {
  readonly apiUrl: string
  readonly saleId: number
  readonly itemId: number
  readonly unitCount: number
  readonly purchaseLimit: number
  readonly buyerCount: number
  /** The buyers come within this time, few at first, then more and more. 0: as fast as they get answers. */
  readonly arriveWithinMs: number
  readonly jwtSecret: string
  readonly tally: StormTally
  /** Whether the stores say that nothing is left to sell, to pay or to give back. */
  readonly isSettled: () => Promise<boolean>
  readonly signal: AbortSignal
}

/** Keep-alive connections. With more, orders would only wait in the API, and the latencies would show the wait. */
export const connectionCount = 128
/** Buyers at one moment. They are fewer than the connections, since a double click needs two. */
const buyersAtOnce = 96
const answerWithinMs = 15_000
const tokenLifeMs = 60 * 60 * 1_000
/** How long a buyer waits who would come while those before cannot get to paying. */
const pauseMs = 50
/** Units of buyers who do not pay come back within seconds. What is not settled by then is a fault, which the audit shows. */
const settleWithinMs = 60_000

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

/** Acts for the buyers of one storm. */
interface Town {
  readonly options: StormOptions
  readonly pool: Pool
  readonly tokenOf: (buyer: string) => string
  readonly following: Following
}

/**
 * Lets every buyer order the item, each with a token of its own, and then pay, cancel or leave the order. Buyers who went without come back
 * for units that came back. Resolves when every buyer has an answer and the sale is settled, or a minute later.
 */
export async function runStorm(options: StormOptions): Promise<void> {
  const { apiUrl, saleId, itemId, unitCount, tally, signal, jwtSecret } = options
  // Each buyer who waits listens to it.
  setMaxListeners(0, signal)
  const pool = new Pool(apiUrl, {
    connections: connectionCount,
    pipelining: 1,
    headersTimeout: answerWithinMs,
    bodyTimeout: answerWithinMs,
  })
  const tokenOf = buyerTokenSigner(jwtSecret, tokenLifeMs)
  const following = followOrders({ apiUrl, tally, signal })
  const town: Town = { options, pool, tokenOf, following }
  const without = comeBack({
    client: createClient({ baseUrl: apiUrl }),
    saleId,
    itemId,
    buyerCountMax: unitCount,
    order: (buyer) => orderAgain(town, buyer),
    signal,
  })
  const disconnect = () => void pool.destroy()
  signal.addEventListener('abort', disconnect)
  let settleUntilMs = Infinity
  const isOver = async () => {
    if (performance.now() > settleUntilMs) return true
    return settleUntilMs < Infinity && following.isIdle() && (await options.isSettled())
  }
  try {
    await Promise.all([
      without.run(isOver),
      sendBuyers(town, without.add).finally(() => (settleUntilMs = performance.now() + settleWithinMs)),
    ])
    signal.throwIfAborted()
  } finally {
    await following.end()
    signal.removeEventListener('abort', disconnect)
    await pool.destroy()
  }
}

async function sendBuyers(town: Town, goWithout: (buyer: string) => void): Promise<void> {
  const { buyerCount, arriveWithinMs, tally, signal } = town.options
  const { isBehind } = town.following
  const startedAtMs = performance.now()
  let next = 0
  const sendOneByOne = async () => {
    while (next < buyerCount && !signal.aborted) {
      const number = next++
      const arrivesAtMs = startedAtMs + arriveWithinMs * Math.sqrt(number / buyerCount)
      await until(arrivesAtMs, signal)
      while (isBehind() && !signal.aborted) await sleep(pauseMs)
      await visit(town, number, goWithout)
      tally.answeredBuyers += 1
    }
  }
  await Promise.all(Array.from({ length: buyersAtOnce }, sendOneByOne))
}

/** Waits in short steps, so that an interruption is noticed. */
async function until(atMs: number, signal: AbortSignal): Promise<void> {
  while (!signal.aborted && performance.now() < atMs) await sleep(Math.min(atMs - performance.now(), 100))
}

async function visit(town: Town, number: number, goWithout: (buyer: string) => void): Promise<void> {
  const { purchaseLimit } = town.options
  const buyer = `buyer-${String(number + 1).padStart(5, '0')}`
  const wanted = (number % 2) + 1
  const key = randomUUID()
  const order = (quantity: number, idempotencyKey: string) => place(town, buyer, quantity, idempotencyKey)
  const note = async (quantity: number, answers: readonly Answer[]) => {
    const orderIds = noteAnswers(town.options.tally, { buyer, quantity }, answers)
    await Promise.all(orderIds.map((orderId) => goOn(town, number, { orderId, buyer })))
    if (answers.every((answer) => answer.kind === 'refused' && answer.code === 'SOLD_OUT')) goWithout(buyer)
  }

  switch (habits[Math.floor(number / 2) % habits.length]!) {
    case 'clicks once':
      return note(wanted, [await order(wanted, key)])
    case 'double-clicks':
      return note(wanted, await Promise.all([order(wanted, key), order(wanted, key)]))
    case 'sends it again':
      return note(wanted, [await order(wanted, key), await order(wanted, key)])
    case 'tries a second order':
      await note(wanted, [await order(wanted, key)])
      return note(purchaseLimit, [await order(purchaseLimit, randomUUID())])
  }
}

/** Buyers of units that came back pay at once, so the sale has an end. The first buyers need not wait for each other's payments. */
async function goOn({ options, following, tokenOf }: Town, number: number, { orderId, buyer }: Owned): Promise<void> {
  const token = tokenOf(buyer)
  if (options.tally.acceptedUnits > options.unitCount) return following.now({ orderId, token, intent: 'pays' })
  following.add({ orderId, token, intent: intentOf(number) })
}

interface Owned {
  readonly orderId: string
  readonly buyer: string
}

/** A buyer who went without orders one unit, and pays. Resolves with whether the buyer got it. */
async function orderAgain(town: Town, buyer: string): Promise<boolean> {
  const { tally } = town.options
  const orderIds = noteAnswers(tally, { buyer, quantity: 1 }, [await place(town, buyer, 1, randomUUID())])
  tally.cameBackAndGot += orderIds.length
  const token = town.tokenOf(buyer)
  await Promise.all(orderIds.map((orderId) => town.following.now({ orderId, token, intent: 'pays' })))
  return orderIds.length > 0
}

function place({ options, pool, tokenOf }: Town, buyer: string, quantity: number, idempotencyKey: string) {
  const { itemId, tally, signal } = options
  const events = { signal, onLatency: tally.noteLatency, onComeback: () => void (tally.comebacks += 1) }
  return requestOrder(pool, { token: tokenOf(buyer), idempotencyKey, body: orderBody(itemId, quantity) }, events)
}

/** Records the answers to one idempotency key. Returns the orders that are new. */
function noteAnswers(
  tally: StormTally,
  { buyer, quantity }: { readonly buyer: string; readonly quantity: number },
  answers: readonly Answer[],
): string[] {
  const orderIds: string[] = []
  for (const answer of answers) {
    if (answer.kind === 'none') tally.unanswered.push(answer.why)
    if (answer.kind === 'refused') tally.refusals.set(answer.code, (tally.refusals.get(answer.code) ?? 0) + 1)
    if (answer.kind !== 'accepted') continue
    if (answer.isReplay) tally.replays += 1
    if (tally.accepted.has(answer.orderId)) continue
    tally.accepted.set(answer.orderId, { orderId: answer.orderId, buyer, quantity })
    tally.acceptedUnits += quantity
    orderIds.push(answer.orderId)
  }
  if (answers.some(({ kind }) => kind !== 'refused')) tally.attempts.set(buyer, (tally.attempts.get(buyer) ?? 0) + 1)
  return orderIds
}
