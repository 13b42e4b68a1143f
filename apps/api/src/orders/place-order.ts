import { isAccepted, refusalCodes } from '@flash-sale/contract/order-outcomes'
import { OrderAccepted, OrderView, PlaceOrderBody, PlaceOrderHeaders } from '@flash-sale/contract/orders'
import { answerWithin } from '@flash-sale/runtime/answer-within'
import type { KnownLedger } from '@flash-sale/stock/known-ledgers'
import { hasLedger } from '@flash-sale/stock/missing-items'
import { deriveKeylessOrderId, deriveOrderId, orderUuid, type OrderId } from '@flash-sale/stock/order-id'
import type { OrderToReserve } from '@flash-sale/stock/reserve'
import type { FastifyError, FastifyReply } from 'fastify'
import type { Api, ApiContext } from '../api-context.ts'
import { withHeaders } from '../docs/answer-headers.ts'
import { preferredWaitSeconds } from '../http/preferred-wait.ts'
import { answerError } from '../problems/handle-errors.ts'
import { problemAnswers } from '../problems/problem-answers.ts'
import { sendProblem } from '../problems/send-problem.ts'
import { answerOrder, createCommittedAnswers } from './answer-order.ts'
import { createWaitForCommit } from './committed-orders.ts'
import { createFindCountedOrders } from './counted-orders.ts'

const schema = {
  operationId: 'placeOrder',
  summary: 'Place an order',
  description: [
    'A 202 means that the order is accepted: its units are taken, and it will be persisted. `Location` is the path of the order.',
    'Without an answer, or after a 503 (each has `Retry-After`), send the same request with the same Idempotency-Key. The order cannot',
    'be taken twice; a repeat gets the same answer, with `Idempotent-Replayed: true`. A key belongs to one buyer and one item.',
    'In a sale with `duplicateWindowMs` a second order without a key, of the same item and quantity within that time, counts as a',
    'repeat of the first. The answer `LIMIT_REACHED` lists the orders that count in `orderIds`.',
    'With `Prefer: wait=N` (RFC 7240, N in seconds, 30 at most) the answer waits until the order is in Postgres: then it is 201 with the',
    'confirmed order. When the time is over before, the answer is 202 as without the header.',
  ].join('\n'),
  tags: ['orders'],
  security: [{ buyer: [] }],
  headers: PlaceOrderHeaders,
  body: PlaceOrderBody,
  response: {
    201: withHeaders(OrderView, 'location', 'idempotent-replayed', 'preference-applied'),
    202: withHeaders(OrderAccepted, 'location', 'idempotent-replayed', 'preference-applied'),
    ...problemAnswers(
      'INVALID_REQUEST',
      'UNAUTHORIZED',
      'ITEM_NOT_FOUND',
      'PAYLOAD_TOO_LARGE',
      'UNSUPPORTED_MEDIA_TYPE',
      'ORDER_REJECTED',
      ...refusalCodes,
    ),
  },
}

/** Bounds the read of an item that this process has not sold yet. */
const itemLookupMs = 2_000

/** POST /v1/orders */
export function placeOrderRoute(app: Api, context: ApiContext): void {
  const { stores, readRedis, ledgers, batcher, counts, standing, unsettle, stopping } = context
  const findCountedOrders = createFindCountedOrders({ database: stores.database, redis: readRedis })
  const answerWhenCommitted = createCommittedAnswers(createWaitForCommit(stores.database, stopping))
  // Not async, since every order would pay for the promises (see ReservationBatcher).
  app.post('/v1/orders', { schema }, (request, reply) => {
    const startedAtMs = performance.now()
    const { buyer } = request
    const { itemId, quantity } = request.body
    const { prefer } = request.headers
    const waitSeconds = prefer === undefined ? 0 : preferredWaitSeconds(prefer)
    const fail = (error: unknown) => answerError(error as FastifyError, request, reply)
    const place = ({ duplicateWindowMs: windowMs }: KnownLedger) => {
      const key = request.headers['idempotency-key']
      let id: OrderId
      let order: OrderToReserve
      if (key === undefined && windowMs > 0) {
        const arrivedAtMs = Date.now()
        const derived = deriveKeylessOrderId(itemId, { buyer, quantity }, windowMs, arrivedAtMs)
        const keyless = { firstIds: derived.firstIds, windowMs, arrivedAtMs }
        id = derived.id
        order = { orderId: id.short, buyer, quantity, keyless }
      } else {
        id = deriveOrderId(itemId, buyer, key)
        order = { orderId: id.short, buyer, quantity }
      }
      batcher.reserve(itemId, order, (reservation) => {
        const { kind } = reservation
        if (kind === 'NOT_LOADED' && standing.isGood) unsettle(itemId)
        counts.orderAnswered(kind, performance.now() - startedAtMs, itemId)
        try {
          const orderId = 'firstId' in reservation ? orderUuid(reservation.firstId) : id.uuid
          const placed = { orderId, itemId, quantity, status: 'accepted' } as const
          if (kind === 'LIMIT_REACHED') refuseForLimit(reply, itemId, buyer).catch(fail)
          else if (kind === 'NOT_LOADED') refuseUnloaded(reply, standing.fault)
          else if (waitSeconds > 0 && isAccepted(kind))
            answerWhenCommitted(reply, kind, placed, waitSeconds).catch(fail)
          else answerOrder(reply, kind, placed)
        } catch (error) {
          fail(error)
        }
      })
    }
    const known = ledgers.get(itemId)
    if (known) return place(known)
    answerWithin(ledgers.find(itemId), itemLookupMs, 'Postgres')
      .then((ledger) => (ledger ? place(ledger) : refuseUnknown(reply, itemId)))
      .catch(fail)
  })

  /** An item that only Redis knows is not "not found": Postgres was restored from before its sale. */
  async function refuseUnknown(reply: FastifyReply, itemId: number): Promise<void> {
    sendProblem(reply, (await hasLedger(readRedis, itemId)) ? 'UNAVAILABLE' : 'ITEM_NOT_FOUND')
  }

  async function refuseForLimit(reply: FastifyReply, itemId: number, buyer: string): Promise<void> {
    const orderIds = await findCountedOrders(itemId, buyer)
    sendProblem(reply, 'LIMIT_REACHED', orderIds && { orderIds })
  }
}

/** `fault`: why no order is sent to Redis at all, if that is why. */
function refuseUnloaded(reply: FastifyReply, fault: string | undefined): void {
  sendProblem(reply, 'UNAVAILABLE', fault === undefined ? undefined : { detail: fault })
}
