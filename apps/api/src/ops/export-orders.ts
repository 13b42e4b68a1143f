import { ItemParams } from '@flash-sale/contract/sales'
import { recordAuditEvent } from '@flash-sale/database/audit-events'
import type { Database } from '@flash-sale/database/connect'
import { readItem } from '@flash-sale/database/items'
import { ordersOfItem, type OrderRow } from '@flash-sale/database/read-orders'
import type { Api, ApiContext } from '../api-context.ts'
import { describeHeaders } from '../docs/answer-headers.ts'
import { problemAnswers } from '../problems/problem-answers.ts'
import { sendProblem } from '../problems/send-problem.ts'
import { createCsvExports, csvText } from './csv-export.ts'
import { opsAnswer } from './ops-answer.ts'

const columns = ['number', 'orderId', 'buyer', 'quantity', 'status', 'reason', 'acceptedAt', 'confirmedAt'] as const

const csv: object = {
  200: {
    description: `The item's orders in Postgres, by order number, under a header line: ${columns.join(', ')}.`,
    headers: describeHeaders(['content-disposition', 'cache-control']),
    content: { 'text/csv': { schema: { type: 'string' } } },
  },
}

const schema = {
  operationId: 'exportOrders',
  summary: "Export an item's orders as CSV",
  description: 'The process holds one page of orders in memory at a time. The export stops when the client leaves.',
  tags: ['ops'],
  security: [{ ops: [] }],
  params: ItemParams,
  response: {
    ...csv,
    ...problemAnswers('INVALID_REQUEST', 'UNAUTHORIZED', 'FORBIDDEN', 'ITEM_NOT_FOUND', 'OVERLOADED', 'UNAVAILABLE'),
  },
}

/** Rows in memory at a time: a few milliseconds of the process, about 100 kB of text. */
const rowsOfChunk = 500

/** GET /v1/ops/items/:itemId/orders.csv */
export function exportOrdersRoute(app: Api, { stores }: ApiContext): void {
  const { database } = stores
  const csvExports = createCsvExports(app)

  // A HEAD request would write the whole export for nothing.
  app.get('/v1/ops/items/:itemId/orders.csv', { schema, exposeHeadRoute: false }, async (request, reply) => {
    const csvExport = csvExports.take(reply)
    const itemId = Number(request.params.itemId)
    const item = await opsAnswer(readItem(database, itemId))
    if (!item) return sendProblem(reply, 'ITEM_NOT_FOUND')
    const event = { actor: 'ops', action: 'export', saleId: item.saleId, itemId, detail: { ...request.said } } as const
    const lines = csvText(columns, cellsOfItem(database, itemId))
    return csvExport.send(`orders-of-item-${itemId}.csv`, lines, () => opsAnswer(recordAuditEvent(database, event)))
  })
}

async function* cellsOfItem(database: Database, itemId: number): AsyncGenerator<unknown[][], void> {
  for await (const rows of ordersOfItem(database, itemId, rowsOfChunk)) yield rows.map(cellsOf)
}

function cellsOf({ number, orderId, buyer, quantity, status, reason, acceptedAt, confirmedAt }: OrderRow): unknown[] {
  const times = [acceptedAt.toISOString(), confirmedAt?.toISOString()]
  return [number, orderId, buyer, quantity, status, reason, ...times]
}
