import { Readable } from 'node:stream'
import { ItemParams } from '@flash-sale/contract/sales'
import { recordAuditEvent } from '@flash-sale/database/audit-events'
import type { Database } from '@flash-sale/database/connect'
import { readItem } from '@flash-sale/database/items'
import { ordersOfItem, type OrderRow } from '@flash-sale/database/read-orders'
import { OverloadedError } from '@flash-sale/runtime/bounded-work'
import { stringify } from 'csv-stringify/sync'
import type { FastifyReply } from 'fastify'
import type { Api, ApiContext } from '../api-context.ts'
import { describeHeaders } from '../docs/answer-headers.ts'
import { problemAnswers } from '../problems/problem-answers.ts'
import { sendProblem } from '../problems/send-problem.ts'
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
/** An export that is not finished this long after the server began to stop is cut off. */
const endWithinMs = 1_000
/** Exports of this process at a time. Each reads from Postgres as fast as its client takes the text. */
const exportCountMax = 8

/** GET /v1/ops/items/:itemId/orders.csv */
export function exportOrdersRoute(app: Api, { stores }: ApiContext): void {
  const openExports = createOpenExports(app)

  // A HEAD request would write the whole export for nothing.
  app.get('/v1/ops/items/:itemId/orders.csv', { schema, exposeHeadRoute: false }, async (request, reply) => {
    const place = openExports.take(reply)
    const itemId = Number(request.params.itemId)
    const item = await opsAnswer(readItem(stores.database, itemId))
    if (!item) return sendProblem(reply, 'ITEM_NOT_FOUND')
    const lines = csvOfItem(stores.database, itemId)
    // The first chunk is read before the first header is sent, so that a store that is away still leads to a problem.
    const first = await opsAnswer(lines.next())
    const event = { actor: 'ops', action: 'export', saleId: item.saleId, itemId, detail: { ...request.said } } as const
    await opsAnswer(recordAuditEvent(stores.database, event))
    const text = Readable.from(joined(first, lines))
    place.endWith(text)
    return reply
      .type('text/csv; charset=utf-8')
      .header('content-disposition', `attachment; filename="orders-of-item-${itemId}.csv"`)
      .header('cache-control', 'no-store')
      .send(text)
  })
}

/** Cuts off a client that reads nothing. Otherwise it would keep the server from stopping, even after all rows are read. */
function createOpenExports(app: Api): { take(reply: FastifyReply): { endWith(text: Readable): void } } {
  const open = new Set<FastifyReply['raw']>()
  app.addHook('preClose', (done) => {
    const hurry = setTimeout(() => {
      for (const raw of open) raw.destroy()
    }, endWithinMs).unref()
    app.server.once('close', () => clearTimeout(hurry))
    done()
  })
  return {
    take({ raw, request }) {
      if (open.size >= exportCountMax) throw new OverloadedError('too many exports are open')
      const { socket } = request.raw
      let text: Readable | undefined
      open.add(raw)
      const closed = () => {
        open.delete(raw)
        socket.off('close', closed)
        text?.destroy()
      }
      raw.once('close', closed)
      // An answer that waits behind another on its connection gets no event when the connection closes.
      socket.once('close', closed)
      return {
        endWith(made) {
          text = made
          if (raw.destroyed || socket.destroyed) setImmediate(closed)
        },
      }
    },
  }
}

/** The byte order mark tells Excel that the text is UTF-8. */
const headerLine = stringify([columns], { bom: true })

async function* csvOfItem(database: Database, itemId: number): AsyncGenerator<string, void> {
  let before = headerLine
  for await (const rows of ordersOfItem(database, itemId, rowsOfChunk)) {
    yield before + stringify(rows.map(cellsOf), { cast: { string: withoutFormulas } })
    before = ''
  }
  if (before) yield before
}

/**
 * The places where a formula could begin: at the start of a cell, and after characters that some spreadsheets split cells at, with blanks
 * and quotes skipped. The library's own escaping looks only at the first character of a cell.
 */
const formulaStart = /(^|[;\t\r\n])(?=[\s"]*[=+\-@＝＋－＠])/g

/** Puts an apostrophe before text that a spreadsheet would take for a formula, since buyers choose their names. */
function withoutFormulas(text: string): string {
  return text.replaceAll(formulaStart, "$1'")
}

async function* joined(first: IteratorResult<string, void>, rest: AsyncIterable<string>): AsyncGenerator<string, void> {
  if (first.value !== undefined) yield first.value
  yield* rest
}

function cellsOf({ number, orderId, buyer, quantity, status, reason, acceptedAt, confirmedAt }: OrderRow) {
  const times = [acceptedAt.toISOString(), confirmedAt?.toISOString()]
  return [number, orderId, buyer, quantity, status, reason, ...times]
}
