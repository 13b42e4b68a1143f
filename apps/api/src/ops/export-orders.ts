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
    description: `The orders of the item that Postgres has, by their numbers, under a header line: ${columns.join(', ')}.`,
    headers: describeHeaders(['content-disposition', 'cache-control']),
    content: { 'text/csv': { schema: { type: 'string' } } },
  },
}

const schema = {
  operationId: 'exportOrders',
  summary: "Export an item's orders as CSV",
  description: 'However many there are, a page of them at a time is in memory; who goes away stops it.',
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
/** An export that is not through this long after the server began to stop is cut off. */
const endWithinMs = 1_000
/** Exports at a time of this process; each reads from Postgres as fast as its client takes it. */
const exportCountMax = 8

/** GET /v1/ops/items/:itemId/orders.csv */
export function exportOrdersRoute(app: Api, { stores }: ApiContext): void {
  const openExports = createOpenExports(app)

  // A HEAD would write the whole export to nobody.
  app.get('/v1/ops/items/:itemId/orders.csv', { schema, exposeHeadRoute: false }, async (request, reply) => {
    const place = openExports.take(reply)
    const itemId = Number(request.params.itemId)
    const item = await opsAnswer(readItem(stores.database, itemId))
    if (!item) return sendProblem(reply, 'ITEM_NOT_FOUND')
    const lines = csvOfItem(stores.database, itemId)
    // The first chunk before the first header, so that a store that is away is still answered as that.
    const first = await opsAnswer(lines.next())
    await opsAnswer(recordAuditEvent(stores.database, { actor: 'ops', action: 'export', saleId: item.saleId, itemId }))
    const text = Readable.from(joined(first, lines))
    place.endWith(text)
    return reply
      .type('text/csv; charset=utf-8')
      .header('content-disposition', `attachment; filename="orders-of-item-${itemId}.csv"`)
      .header('cache-control', 'no-store')
      .send(text)
  })
}

/** A client that takes nothing would hold the server up: what it was sent waits for it, even when all rows are read. */
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
      if (open.size >= exportCountMax) throw new OverloadedError('as many exports are open as may')
      const { socket } = request.raw
      let text: Readable | undefined
      open.add(raw)
      const closed = () => {
        open.delete(raw)
        socket.off('close', closed)
        text?.destroy()
      }
      raw.once('close', closed)
      // An answer that waits behind another one on the connection is not told when it closes.
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

/** The mark tells Excel that what follows is UTF-8. */
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
 * Where a formula could begin: at the start of a cell and after what some spreadsheets divide cells by, past blanks and quotes. The
 * escaping of the library knows the first character of a cell only.
 */
const formulaStart = /(^|[;\t\r\n])(?=[\s"]*[=+\-@＝＋－＠])/g

/** Text that a spreadsheet would take for a formula gets an apostrophe before it: a buyer's name is the buyer's choice. */
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
