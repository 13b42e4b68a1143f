import { AsideList, AsideParams } from '@flash-sale/contract/aside'
import { recordAuditEvent } from '@flash-sale/database/audit-events'
import { countAside } from '@flash-sale/stock/aside'
import { asidePrefix, listAside, ordersAside, type OrderAside } from '@flash-sale/stock/left-aside'
import { orderUuid } from '@flash-sale/stock/order-id'
import type { Api, ApiContext } from '../api-context.ts'
import { describeHeaders } from '../docs/answer-headers.ts'
import { problemAnswers } from '../problems/problem-answers.ts'
import { sendProblem } from '../problems/send-problem.ts'
import { createCsvExports, csvText } from './csv-export.ts'
import { opsAnswer } from './ops-answer.ts'

const columns = ['orderId', 'buyer', 'quantity', 'acceptedAt', 'units'] as const
const listedCountMax = 1_000
const readWithinMs = 5_000

const shared = { tags: ['ops'], security: [{ ops: [] }] }

const listSchema = {
  ...shared,
  operationId: 'listAside',
  summary: 'List what was moved aside: orders of other items that had a number, and of discarded items',
  description: 'Nothing of it is sold, offered or deleted.',
  response: { 200: AsideList, ...problemAnswers('UNAUTHORIZED', 'FORBIDDEN', 'OVERLOADED', 'UNAVAILABLE') },
}

const csv: object = {
  200: {
    description: `The orders that lie aside, under a header line: ${columns.join(', ')}. An order may come twice.`,
    headers: describeHeaders(['content-disposition', 'cache-control']),
    content: { 'text/csv': { schema: { type: 'string' } } },
  },
}

const exportSchema = {
  ...shared,
  operationId: 'exportOrdersAside',
  summary: 'Export orders that were moved aside as CSV',
  params: AsideParams,
  response: {
    ...csv,
    ...problemAnswers('INVALID_REQUEST', 'UNAUTHORIZED', 'FORBIDDEN', 'ITEM_NOT_FOUND', 'OVERLOADED', 'UNAVAILABLE'),
  },
}

/** GET /v1/ops/aside and /v1/ops/aside/:itemId/:name/orders.csv */
export function ordersAsideRoutes(app: Api, { stores, reads }: ApiContext): void {
  const { redis, database } = stores
  const csvExports = createCsvExports(app)

  app.get('/v1/ops/aside', { schema: listSchema }, async (_request, reply) => {
    const left = await reads.runWithin(() => listAside(redis), readWithinMs, 'Redis')
    const aside = left.slice(0, listedCountMax)
    return reply.send({
      aside: aside.map(({ itemId, name, orderCount, entryCount }) => ({ itemId, name, orderCount, entryCount })),
    })
  })

  const exportOptions = { schema: exportSchema, exposeHeadRoute: false }
  app.get('/v1/ops/aside/:itemId/:name/orders.csv', exportOptions, async (request, reply) => {
    const csvExport = csvExports.take(reply)
    const { name } = request.params
    const itemId = Number(request.params.itemId)
    const prefix = asidePrefix(itemId, name)
    const { orderCount, entryCount } = await opsAnswer(countAside(redis, prefix))
    const isThere = orderCount + entryCount > 0 || (await opsAnswer(redis.exists(`${prefix}orders`))) === 1
    if (!isThere) return sendProblem(reply, 'ITEM_NOT_FOUND', { detail: 'Nothing lies aside under this name.' })
    const event = { actor: 'ops', action: 'export', itemId, detail: { aside: name } } as const
    const lines = csvText(columns, cellsOf(ordersAside(redis, prefix)))
    const fileName = `orders-aside-of-item-${itemId}-${name}.csv`
    return csvExport.send(fileName, lines, () => opsAnswer(recordAuditEvent(database, event)))
  })
}

async function* cellsOf(chunks: AsyncIterable<OrderAside[]>): AsyncGenerator<unknown[][], void> {
  for await (const orders of chunks) {
    yield orders.map(({ orderId, buyer, quantity, acceptedAtMs, standing }) => [
      orderUuid(orderId),
      buyer,
      quantity,
      new Date(acceptedAtMs).toISOString(),
      standing,
    ])
  }
}
