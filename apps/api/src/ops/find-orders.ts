import { FindOrdersQuery, FoundOrders } from '@flash-sale/contract/order-list'
import { listOrders } from '@flash-sale/database/read-orders'
import type { Api, ApiContext } from '../api-context.ts'
import { cutPage, readPage, type Page } from '../lists/page.ts'
import { lookUpOrder, partsOfOrderId, viewOfRow } from '../orders/look-up-order.ts'
import { problemAnswers } from '../problems/problem-answers.ts'
import { sendProblem } from '../problems/send-problem.ts'
import { completeOrders } from './complete-orders.ts'

const schema = {
  operationId: 'findOrders',
  summary: 'Find orders, newest first',
  description:
    'An order is found if it matches every given field. A search by id finds an order as soon as it is accepted, any other search once Postgres has it.',
  tags: ['ops'],
  security: [{ ops: [] }],
  querystring: FindOrdersQuery,
  response: {
    200: FoundOrders,
    ...problemAnswers('INVALID_REQUEST', 'UNAUTHORIZED', 'FORBIDDEN', 'OVERLOADED', 'UNAVAILABLE'),
  },
}

const findWithinMs = 5_000

/** GET /v1/ops/orders */
export function findOrdersRoute(app: Api, context: ApiContext): void {
  app.get('/v1/ops/orders', { schema }, async (request, reply) => {
    const { orderId, ...filter } = request.query
    const page = readPage('orders', filter)
    if (!page) return sendProblem(reply, 'INVALID_REQUEST', { detail: 'The cursor is not one that this list gave.' })
    const itemId = filter.itemId === undefined ? undefined : Number(filter.itemId)
    const wanted = { buyer: filter.buyer, itemId }
    const found = await context.reads.runWithin(
      async () => (orderId === undefined ? search(context, wanted, page) : findOne(context, orderId, wanted)),
      findWithinMs,
      'a store',
    )
    if (found === 'NOT_KNOWABLE') return sendProblem(reply, 'UNAVAILABLE', { orderId })
    // An answer without its money would say that there is none.
    const orders = await context.reads.runWithin(
      () => completeOrders(context.stores.database, found.orders),
      findWithinMs,
      'Postgres',
    )
    return reply.send({ ...found, orders })
  })
}

interface Wanted {
  readonly buyer: string | undefined
  readonly itemId: number | undefined
}

async function search({ stores }: ApiContext, wanted: Wanted, page: Page): Promise<FoundOrders> {
  const read = await listOrders(stores.database, wanted, page.before, page.limit + 1)
  const { rows, ...next } = cutPage('orders', page, read, (row) => row.number)
  return { orders: rows.map((row) => ({ ...viewOfRow(row), buyer: row.buyer })), ...next }
}

async function findOne(context: ApiContext, orderId: string, wanted: Wanted): Promise<FoundOrders | 'NOT_KNOWABLE'> {
  const id = partsOfOrderId(orderId)
  const found = id ? await lookUpOrder(context, id) : 'ABSENT'
  if (found === 'NOT_KNOWABLE') return found
  if (found === 'ABSENT') return { orders: [] }
  const { buyer, view } = found
  const isWanted = (wanted.buyer ?? buyer) === buyer && (wanted.itemId ?? view.itemId) === view.itemId
  return { orders: isWanted ? [{ ...view, buyer }] : [] }
}
