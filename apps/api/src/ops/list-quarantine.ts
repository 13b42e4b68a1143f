import { QuarantineList, QuarantineQuery } from '@flash-sale/contract/quarantine'
import { listQuarantined } from '@flash-sale/database/quarantine'
import type { Api, ApiContext } from '../api-context.ts'
import { cutPage, readPage } from '../lists/page.ts'
import { problemAnswers } from '../problems/problem-answers.ts'
import { sendProblem } from '../problems/send-problem.ts'
import { contentOf } from './quarantined-content.ts'

const schema = {
  operationId: 'listQuarantine',
  summary: 'List what waits in quarantine, newest first',
  description: 'Accepted orders that Postgres refused, and outbox entries that are none of ours.',
  tags: ['ops'],
  security: [{ ops: [] }],
  querystring: QuarantineQuery,
  response: {
    200: QuarantineList,
    ...problemAnswers('INVALID_REQUEST', 'UNAUTHORIZED', 'FORBIDDEN', 'OVERLOADED', 'UNAVAILABLE'),
  },
}

const readWithinMs = 3_000

/** GET /v1/ops/quarantine */
export function listQuarantineRoute(app: Api, { stores, reads }: ApiContext): void {
  app.get('/v1/ops/quarantine', { schema }, async (request, reply) => {
    const page = readPage('quarantine', request.query)
    if (!page) return sendProblem(reply, 'INVALID_REQUEST', { detail: 'The cursor is not one that this list gave.' })
    const read = () => listQuarantined(stores.database, page.before, page.limit + 1)
    const found = await reads.runWithin(read, readWithinMs, 'Postgres')
    const { rows, ...next } = cutPage('quarantine', page, found, (row) => row.id)
    const quarantined = rows.map((row) => ({
      quarantineId: Number(row.id),
      itemId: row.itemId,
      kind: row.kind,
      name: row.name,
      why: row.why,
      content: contentOf(row),
      quarantinedAt: row.createdAt.toISOString(),
    }))
    return reply.send({ quarantined, ...next })
  })
}
