import { orderOutcomes, type OrderOutcome } from '@flash-sale/contract/order-outcomes'
import type { OrderAccepted } from '@flash-sale/contract/orders'
import type { FastifyReply } from 'fastify'
import { sendProblem } from '../problems/send-problem.ts'
import type { WaitForCommit } from './committed-orders.ts'

/** Answers what the ledger said of an order. */
export function answerOrder(reply: FastifyReply, kind: OrderOutcome, order: OrderAccepted): void {
  switch (kind) {
    case 'RESERVED':
    case 'REPLAYED':
      headOfAccepted(reply, kind, order)
      void reply.code(202).send(order)
      return
    case 'KEY_CONFLICT':
    case 'OUTCOME_UNKNOWN':
      sendProblem(reply, kind, { orderId: order.orderId })
      return
    default:
      sendProblem(reply, orderOutcomes[kind].problem)
  }
}

/** Answers an accepted order once it is committed, or as accepted when `waitSeconds` are over before. */
export function createCommittedAnswers(waitForCommit: WaitForCommit) {
  return async (reply: FastifyReply, kind: OrderOutcome, order: OrderAccepted, waitSeconds: number): Promise<void> => {
    const gone = new AbortController()
    reply.raw.once('close', () => gone.abort())
    const committed = await waitForCommit(order.orderId, waitSeconds * 1_000, gone.signal)
    if (committed !== 'TOO_MANY') reply.header('preference-applied', `wait=${waitSeconds}`)
    if (typeof committed === 'string') return answerOrder(reply, kind, order)
    if (committed.status === 'rejected') {
      const detail = `The order was accepted, but could not be stored: ${committed.reason}. Nothing was sold.`
      sendProblem(reply, 'ORDER_REJECTED', { detail, orderId: order.orderId })
      return
    }
    headOfAccepted(reply, kind, order)
    void reply.code(201).send(committed)
  }
}

function headOfAccepted(reply: FastifyReply, kind: OrderOutcome, { orderId }: OrderAccepted): void {
  if (kind === 'REPLAYED') reply.header('idempotent-replayed', 'true')
  reply.header('location', `/v1/orders/${orderId}`)
}
