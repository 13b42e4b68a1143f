import type { OrderAccepted } from '@flash-sale/contract/orders'
import type { Problem } from '@flash-sale/contract/problem'

/** The parts of an order request, for senders that are too fast for the typed client. */
export interface OrderRequest {
  readonly token?: string | undefined
  readonly idempotencyKey?: string | undefined
  /** The header of this name. */
  readonly prefer?: string | undefined
  /** JSON. */
  readonly body: string
}

export interface HttpRequest {
  readonly method: 'POST'
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** The request of an order, with the necessary headers only. */
export function httpOf({ token, idempotencyKey, prefer, body }: OrderRequest): HttpRequest {
  const headers = {
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
    ...(idempotencyKey !== undefined && { 'idempotency-key': idempotencyKey }),
    ...(prefer !== undefined && { prefer }),
    'content-type': 'application/json',
  }
  return { method: 'POST', path: '/v1/orders', headers, body }
}

/** The body of an order of `quantity` units. */
export function orderBody(itemId: number, quantity: number): string {
  return JSON.stringify({ itemId, quantity })
}

/** The meaning of an answer for the order. */
export type OrderAnswer =
  | { readonly kind: 'accepted'; readonly orderId: string; readonly isReplay: boolean }
  | { readonly kind: 'refused'; readonly code: string }
  /** A fault of the service, not a decision about the order. */
  | { readonly kind: 'none'; readonly why: string }
  /** Refused for now, or unknown: send it again with the same key. */
  | { readonly kind: 'later'; readonly why: string; readonly afterMs?: number | undefined }

/** The header of an answer that was given before. Its value is `true`. */
export const replayedHeader = 'idempotent-replayed'

/** Reads an answer of the order route. Throws if its text is not JSON. */
export function readOrderAnswer(status: number, isReplay: boolean, text: string): OrderAnswer {
  if (status === 202) {
    const { orderId }: OrderAccepted = JSON.parse(text)
    return { kind: 'accepted', orderId, isReplay }
  }
  const { code, retryAfterMs }: Problem = JSON.parse(text)
  if (status === 503 || status === 429) return { kind: 'later', why: code, afterMs: retryAfterMs }
  if (status >= 500) return { kind: 'none', why: code }
  return { kind: 'refused', code }
}
