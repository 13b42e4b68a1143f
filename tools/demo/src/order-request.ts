import { httpOf, readOrderAnswer, replayedHeader, type OrderAnswer } from '@flash-sale/kit/order-request'
import { askPatiently, type ComeBack } from '@flash-sale/kit/patience'
import type { Pool } from 'undici'

export interface DemoOrder {
  readonly token: string
  readonly idempotencyKey: string
  /** JSON. */
  readonly body: string
}

/** The final result of a buyer, after all repeats. */
export type Answer = Exclude<OrderAnswer, { kind: 'later' }>

export interface OrderRequestOptions {
  readonly signal: AbortSignal
  /** Called with the time of each answer, in ms. */
  readonly onLatency: (ms: number) => void
  /** Called when an order is sent again. */
  readonly onComeback: () => void
}

/** A buyer gives up after this; a healthy service answers in milliseconds. */
const patienceMs = 60_000
/** Without any answer for this long the service has failed. */
const afterNoAnswerMs = 1_000

/**
 * Sends an order until there is a definite answer. After a 503 or no answer it sends the order again, after the time that the service
 * names and under the same idempotency key, so that the order is accepted only once.
 */
export async function requestOrder(pool: Pool, order: DemoOrder, options: OrderRequestOptions): Promise<Answer> {
  const { signal, onLatency, onComeback } = options
  let sendingCount = 0
  const send = async () => {
    if (sendingCount > 0) onComeback()
    sendingCount += 1
    const sentAtMs = performance.now()
    const answer = await requestOnce(pool, order)
    if (answer.kind !== 'none') onLatency(performance.now() - sentAtMs)
    return answer
  }
  const answer = await askPatiently(send, comeBackAfter, { untilMs: patienceMs, signal })
  return answer.kind === 'later' ? { kind: 'none', why: answer.why } : answer
}

function comeBackAfter(answer: OrderAnswer): ComeBack {
  return answer.kind === 'later' ? answer : 'NEVER'
}

async function requestOnce(pool: Pool, order: DemoOrder): Promise<OrderAnswer> {
  try {
    const response = await pool.request(httpOf(order))
    const text = await response.body.text()
    return readOrderAnswer(response.statusCode, response.headers[replayedHeader] === 'true', text)
  } catch (error) {
    return { kind: 'later', why: error instanceof Error ? error.message : String(error), afterMs: afterNoAnswerMs }
  }
}
