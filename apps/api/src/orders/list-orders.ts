import { ListOrdersQuery, OrderList } from '@flash-sale/contract/order-list'
import { listOrders } from '@flash-sale/database/read-orders'
import type { Api, ApiContext } from '../api-context.ts'
import { cutPage, readPage } from '../lists/page.ts'
import { problemAnswers } from '../problems/problem-answers.ts'
import { sendProblem } from '../problems/send-problem.ts'
import { viewOfRow } from './look-up-order.ts'

const schema = {
  operationId: 'listOrders',
  summary: 'List your own orders, newest first',
  tags: ['orders'],
  security: [{ buyer: [] }],
  querystring: ListOrdersQuery,
  response: { 200: OrderList, ...problemAnswers('INVALID_REQUEST', 'UNAUTHORIZED', 'OVERLOADED', 'UNAVAILABLE') },
}

const readWithinMs = 3_000

/** GET /v1/orders */
export function listOrdersRoute(app: Api, { stores, reads }: ApiContext): void {
  app.get('/v1/orders', { schema }, async (request, reply) => {
    const page = readPage('orders', request.query)
    if (!page) return sendProblem(reply, 'INVALID_REQUEST', { detail: 'The cursor is not one that this list gave.' })
    const { buyer } = request
    const read = () => listOrders(stores.database, { buyer }, page.before, page.limit + 1)
    const { rows, ...next } = cutPage(
      'orders',
      page,
      await reads.runWithin(read, readWithinMs, 'Postgres'),
      (row) => row.number,
    )
    return reply.send({ orders: rows.map(viewOfRow), ...next })
  })
}
