import { ListPaymentsQuery, PaymentList, type PaymentView } from '@flash-sale/contract/payments'
import { listPayments, type PaymentWithRefund } from '@flash-sale/database/payments'
import type { Api, ApiContext } from '../api-context.ts'
import { cutPage, readPage } from '../lists/page.ts'
import { problemAnswers } from '../problems/problem-answers.ts'
import { sendProblem } from '../problems/send-problem.ts'
import { stateOfRefund } from './view-refund.ts'

const schema = {
  operationId: 'listPayments',
  summary: 'List payments, newest first',
  description:
    'A payment is listed if it matches every given field. `orderId` also finds the late payment that bought the order.',
  tags: ['ops'],
  security: [{ ops: [] }],
  querystring: ListPaymentsQuery,
  response: {
    200: PaymentList,
    ...problemAnswers('INVALID_REQUEST', 'UNAUTHORIZED', 'FORBIDDEN', 'OVERLOADED', 'UNAVAILABLE'),
  },
}

const readWithinMs = 3_000

/** GET /v1/ops/payments */
export function listPaymentsRoute(app: Api, { stores, reads }: ApiContext): void {
  app.get('/v1/ops/payments', { schema }, async (request, reply) => {
    const page = readPage('payments', request.query)
    if (!page) return sendProblem(reply, 'INVALID_REQUEST', { detail: 'The cursor is not one that this list gave.' })
    const { orderId, state } = request.query
    const read = () => listPayments(stores.database, { orderId, state }, page.before, page.limit + 1)
    const found = await reads.runWithin(read, readWithinMs, 'Postgres')
    const { rows, ...next } = cutPage('payments', page, found, (row) => row.number)
    return reply.send({ payments: rows.map(viewOf), ...next })
  })
}

function viewOf(payment: PaymentWithRefund): PaymentView {
  const { id, orderId, itemId, buyer, provider, amount, currency, state, refund, ...row } = payment
  return {
    paymentId: id,
    orderId,
    itemId,
    buyer,
    provider,
    amount: Number(amount),
    currency,
    state,
    ...(row.paidOrderId !== null && { paidOrderId: row.paidOrderId }),
    ...(row.fault !== null && { fault: row.fault }),
    ...(refund && { refundState: stateOfRefund(refund) }),
    begunAt: row.createdAt.toISOString(),
  }
}
