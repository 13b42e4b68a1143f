import { setTimeout as sleep } from 'node:timers/promises'
import type { OrderAccepted, PlaceOrderBody } from '@flash-sale/contract/orders'
import type { Problem } from '@flash-sale/contract/problem'
import type { Pool } from 'undici'

export interface OrderRequest {
  readonly token: string
  readonly idempotencyKey: string
  readonly body: PlaceOrderBody
}

/** What a buyer ends up with, after coming back as often as told. */
export type Answer =
  | { readonly kind: 'accepted'; readonly orderId: string; readonly isReplay: boolean }
  | { readonly kind: 'refused'; readonly code: string }
  | { readonly kind: 'none'; readonly why: string }

export interface OrderRequestOptions {
  readonly signal: AbortSignal
  /** Told how long each single answer took, in ms. */
  readonly onLatency: (ms: number) => void
  /** Told of each 503, before it is asked again. */
  readonly onComeback: () => void
}

type OneAnswer = Answer | { readonly kind: 'later'; readonly afterMs: number; readonly why: string }

/** A buyer gives up after this; a healthy service answers in milliseconds. */
const patienceMs = 60_000
const retryAfterMsDefault = 1_000

/**
 * Sends an order until there is a definite answer: a 503, or no answer at all, is asked again after the time that the service named,
 * under the same idempotency key, so that it can be accepted once only.
 */
export async function requestOrder(pool: Pool, order: OrderRequest, options: OrderRequestOptions): Promise<Answer> {
  const { signal, onLatency, onComeback } = options
  const giveUpAtMs = performance.now() + patienceMs
  for (;;) {
    const sentAtMs = performance.now()
    const answer = await requestOnce(pool, order)
    signal.throwIfAborted()
    if (answer.kind !== 'none') onLatency(performance.now() - sentAtMs)
    if (answer.kind !== 'later') return answer
    if (performance.now() > giveUpAtMs) return { kind: 'none', why: answer.why }
    onComeback()
    // Spread, so that those who were told to come back do not all come at the same instant.
    await sleep(answer.afterMs * (1 + Math.random() / 2), undefined, { signal })
  }
}

async function requestOnce(pool: Pool, { token, idempotencyKey, body }: OrderRequest): Promise<OneAnswer> {
  try {
    const response = await pool.request({
      method: 'POST',
      path: '/v1/orders',
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        'idempotency-key': idempotencyKey,
      },
      body: JSON.stringify(body),
    })
    const text = await response.body.text()
    return understand(response.statusCode, response.headers['idempotent-replayed'] === 'true', text)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    return { kind: 'later', afterMs: retryAfterMsDefault, why }
  }
}

function understand(status: number, isReplay: boolean, text: string): OneAnswer {
  if (status === 202) {
    const { orderId }: OrderAccepted = JSON.parse(text)
    return { kind: 'accepted', orderId, isReplay }
  }
  const { code, retryAfterMs }: Problem = JSON.parse(text)
  if (status === 503 || status === 429) {
    return { kind: 'later', afterMs: retryAfterMs ?? retryAfterMsDefault, why: code }
  }
  // A fault of the service, not a decision about the order.
  if (status >= 500) return { kind: 'none', why: code }
  return { kind: 'refused', code }
}
