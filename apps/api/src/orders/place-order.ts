import { IdempotencyHeaders, OrderAccepted, PlaceOrderBody } from '@flash-sale/contract/orders'
import type { ProblemCode } from '@flash-sale/contract/problem'
import { answerWithin } from '@flash-sale/runtime/answer-within'
import { deriveOrderId } from '@flash-sale/stock/order-id'
import type { Reservation } from '@flash-sale/stock/reservation-batcher'
import type { Api, ApiContext } from '../api-context.ts'
import { problemAnswers } from '../problems/problem-answers.ts'
import { sendProblem } from '../problems/send-problem.ts'

/** Refusals and the code that each answers with; the catalogue has the rest. */
const refusalCodes = {
  SOLD_OUT: 'SOLD_OUT',
  LIMIT_REACHED: 'LIMIT_REACHED',
  NOT_OPEN: 'SALE_NOT_OPEN',
  CLOSED: 'SALE_CLOSED',
  PAUSED: 'SALE_PAUSED',
  BUSY: 'BUSY',
  OVERLOADED: 'OVERLOADED',
  NOT_LOADED: 'UNAVAILABLE',
} as const satisfies Partial<Record<Reservation['kind'], ProblemCode>>

const schema = {
  summary: 'Place an order',
  description: [
    'A 202 is an accepted order: its units are taken and it will be persisted. `Location` says where to read it.',
    'Without an answer, or after a 503 (each has `Retry-After`), send the same request with the same Idempotency-Key: it cannot be',
    'taken twice, and is answered as before with `Idempotent-Replayed: true`. A key belongs to one buyer and one item.',
  ].join('\n'),
  tags: ['orders'],
  security: [{ buyer: [] }],
  headers: IdempotencyHeaders,
  body: PlaceOrderBody,
  response: {
    202: OrderAccepted,
    ...problemAnswers(
      'INVALID_REQUEST',
      'UNAUTHORIZED',
      'ITEM_NOT_FOUND',
      'SOLD_OUT',
      'LIMIT_REACHED',
      'SALE_NOT_OPEN',
      'SALE_CLOSED',
      'PAYLOAD_TOO_LARGE',
      'UNSUPPORTED_MEDIA_TYPE',
      'KEY_CONFLICT',
      'SALE_PAUSED',
      'BUSY',
      'OVERLOADED',
      'OUTCOME_UNKNOWN',
      'UNAVAILABLE',
    ),
  },
}

/** Asking Postgres about an item nobody has ordered from in this process. */
const itemLookupMs = 2_000

/** POST /v1/orders */
export function placeOrderRoute(app: Api, { ledgers, batcher, metrics }: ApiContext): void {
  app.post('/v1/orders', { schema }, async (request, reply) => {
    const startedAtMs = performance.now()
    const { itemId, quantity } = request.body
    const { buyer } = request
    if (!ledgers.get(itemId) && !(await answerWithin(ledgers.find(itemId), itemLookupMs, 'Postgres'))) {
      return sendProblem(reply, 'ITEM_NOT_FOUND')
    }
    const orderId = deriveOrderId(itemId, buyer, request.headers['idempotency-key'])
    const reservation = await batcher.reserve(itemId, { orderId: orderId.short, buyer, quantity })
    metrics.orderAnswered(reservation.kind, performance.now() - startedAtMs)
    switch (reservation.kind) {
      case 'RESERVED':
      case 'REPLAYED':
        if (reservation.kind === 'REPLAYED') reply.header('idempotent-replayed', 'true')
        reply.code(202).header('location', `/v1/orders/${orderId.uuid}`)
        return reply.send({ orderId: orderId.uuid, itemId, quantity, status: 'accepted' })
      case 'KEY_CONFLICT':
      case 'OUTCOME_UNKNOWN':
        return sendProblem(reply, reservation.kind, { orderId: orderId.uuid })
      default:
        return sendProblem(reply, refusalCodes[reservation.kind])
    }
  })
}
