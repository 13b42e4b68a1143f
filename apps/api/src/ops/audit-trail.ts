import { AuditTrail, AuditTrailQuery, type AuditTrailEvent } from '@flash-sale/contract/audit-trail'
import { listAuditEvents, type AuditEventRow } from '@flash-sale/database/audit-events'
import type { Database } from '@flash-sale/database/connect'
import { readItemNames, readSaleNames } from '@flash-sale/database/search'
import type { Api, ApiContext } from '../api-context.ts'
import { cutPage, readPage } from '../lists/page.ts'
import { problemAnswers } from '../problems/problem-answers.ts'
import { sendProblem } from '../problems/send-problem.ts'

const schema = {
  operationId: 'readAuditTrail',
  summary: 'Read the audit trail, newest first',
  description: "A sale's trail includes the acts on its items.",
  tags: ['ops'],
  security: [{ ops: [] }],
  querystring: AuditTrailQuery,
  response: {
    200: AuditTrail,
    ...problemAnswers('INVALID_REQUEST', 'UNAUTHORIZED', 'FORBIDDEN', 'OVERLOADED', 'UNAVAILABLE'),
  },
}

const readWithinMs = 3_000

/** GET /v1/ops/audit-events */
export function auditTrailRoute(app: Api, { stores, reads }: ApiContext): void {
  app.get('/v1/ops/audit-events', { schema }, async (request, reply) => {
    const page = readPage('audit-events', request.query)
    if (!page) return sendProblem(reply, 'INVALID_REQUEST', { detail: 'The cursor is not one that this list gave.' })
    const { saleId, itemId } = request.query
    const filter = {
      ...(saleId !== undefined && { saleId: Number(saleId) }),
      ...(itemId !== undefined && { itemId: Number(itemId) }),
    }
    const read = () => listAuditEvents(stores.database, filter, page.before, page.limit + 1)
    const events = await reads.runWithin(read, readWithinMs, 'Postgres')
    const { rows, ...next } = cutPage('audit-events', page, events, (row) => row.eventId)
    const named = await reads.runWithin(
      () => nameEvents(stores.database, rows.map(viewOfEvent)),
      readWithinMs,
      'Postgres',
    )
    return reply.send({ events: named, ...next })
  })
}

/** Adds the names of sales and items, for people. An item or sale that Postgres does not have keeps its number alone. */
async function nameEvents(database: Database, events: readonly AuditTrailEvent[]): Promise<AuditTrailEvent[]> {
  const [items, sales] = await Promise.all([
    readItemNames(database, numbersIn(events, 'itemId')),
    readSaleNames(database, numbersIn(events, 'saleId')),
  ])
  return events.map((event) => {
    const item = event.itemId === undefined ? undefined : items.get(event.itemId)
    const saleId = event.saleId ?? item?.saleId
    const saleName = item?.saleName ?? (saleId === undefined ? undefined : sales.get(saleId))
    return {
      ...event,
      ...(saleId !== undefined && { saleId }),
      ...(saleName !== undefined && { saleName }),
      ...(item && { itemName: item.name }),
    }
  })
}

function numbersIn(events: readonly AuditTrailEvent[], field: 'itemId' | 'saleId'): number[] {
  return [...new Set(events.flatMap((event) => event[field] ?? []))]
}

function viewOfEvent({ eventId, at, saleId, itemId, ...event }: AuditEventRow): AuditTrailEvent {
  return {
    ...event,
    eventId: Number(eventId),
    at: at.toISOString(),
    ...(saleId !== null && { saleId }),
    ...(itemId !== null && { itemId }),
  }
}
