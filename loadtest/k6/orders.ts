import { sleep } from 'k6'
import http, { type RefinedParams } from 'k6/http'
import { Counter } from 'k6/metrics'
import type { RefusalCode } from '@flash-sale/contract/order-outcomes'
import { createAnswerReader, noteAmbiguous, passingRefusals, type Answer } from './answers.ts'
import { plan } from './plan.ts'

interface Order {
  readonly token: string
  readonly itemId: number
  readonly quantity: number
  /** Idempotency key: this attempt's name, the same for each time it is sent. */
  readonly key?: string
}

export interface Ordering {
  /** Sends an order once. */
  readonly place: (order: Order) => Answer
  /** Sends orders at the same time, over several connections. */
  readonly placeTogether: (orders: readonly Order[]) => Answer[]
  /**
   * Buys as a real client does: after a passing refusal it waits as long as the service says and sends the order again with the same key,
   * until the answer is definite. `presses`: further refusals after which an impatient buyer presses the button again.
   */
  readonly buy: (order: Order & { readonly key: string }, presses?: readonly RefusalCode[]) => Answer
}

/** Longer than the service ever takes (its deadline is 3 s), and shorter than k6's wait for the last iterations (30 s). */
const timeout = '10s'
const triesMax = 20
const pauseMinMs = 100

const gaveUp = new Counter('buyers_who_gave_up')

/** Ways to order. Call it in the init context. `expectedRefusals`: the refusals that this scenario provokes. */
export function createOrdering(expectedRefusals: readonly RefusalCode[]): Ordering {
  const reader = createAnswerReader(expectedRefusals)
  const responseCallback = http.expectedStatuses(...reader.statuses)

  function place(order: Order): Answer {
    const [method, url, body, params] = requestOf(order, responseCallback)
    return reader.read(http.request(method, url, body, params), order.itemId)
  }

  function placeTogether(orders: readonly Order[]): Answer[] {
    const responses = http.batch(orders.map((order) => requestOf(order, responseCallback)))
    return responses.map((response, i) => reader.read(response, orders[i]!.itemId))
  }

  function buy(order: Order & { readonly key: string }, presses: readonly RefusalCode[] = []): Answer {
    for (let tries = 1; ; tries += 1) {
      const answer = place(order)
      if (answer.kind === 'replayed' && tries === 1) noteAmbiguous()
      if (answer.kind !== 'refused' || ![...passingRefusals, ...presses].includes(answer.code)) return answer
      if (tries === triesMax) {
        gaveUp.add(1)
        return answer
      }
      // A random part of the wait keeps buyers from returning together.
      sleep((Math.max(pauseMinMs, answer.retryAfterMs) * (1 + Math.random() / 2)) / 1_000)
    }
  }

  return { place, placeTogether, buy }
}

function requestOf(
  { token, itemId, quantity, key }: Order,
  responseCallback: NonNullable<RefinedParams<'text'>['responseCallback']>,
): ['POST', string, string, RefinedParams<'text'>] {
  const headers = {
    'Content-Type': 'application/json',
    Authorization: `Bearer ${token}`,
    ...(key !== undefined && { 'Idempotency-Key': key }),
  }
  const params = {
    headers,
    timeout,
    responseCallback,
    responseType: 'text',
    tags: { name: 'POST /v1/orders' },
  } as const
  return ['POST', `${plan.baseUrl}/v1/orders`, JSON.stringify({ itemId, quantity }), params]
}
