import { ListRefundsQuery, RefundList } from '@flash-sale/contract/payments'
import { listRefunds } from '@flash-sale/database/refunds'
import type { Api, ApiContext } from '../api-context.ts'
import { cutPage, readPage } from '../lists/page.ts'
import { problemAnswers } from '../problems/problem-answers.ts'
import { sendProblem } from '../problems/send-problem.ts'
import { viewRefund } from './view-refund.ts'

const schema = {
  operationId: 'listRefunds',
  summary: 'List refunds, newest first',
  description:
    'The worker makes them, and tries again while the provider does not answer. `?state=failing` lists those that were tried in vain.',
  tags: ['ops'],
  security: [{ ops: [] }],
  querystring: ListRefundsQuery,
  response: {
    200: RefundList,
    ...problemAnswers('INVALID_REQUEST', 'UNAUTHORIZED', 'FORBIDDEN', 'OVERLOADED', 'UNAVAILABLE'),
  },
}

const readWithinMs = 3_000

/** GET /v1/ops/refunds */
export function listRefundsRoute(app: Api, { stores, reads }: ApiContext): void {
  app.get('/v1/ops/refunds', { schema }, async (request, reply) => {
    const page = readPage('refunds', request.query)
    if (!page) return sendProblem(reply, 'INVALID_REQUEST', { detail: 'The cursor is not one that this list gave.' })
    const read = () => listRefunds(stores.database, request.query.state, page.before, page.limit + 1)
    const found = await reads.runWithin(read, readWithinMs, 'Postgres')
    const { rows, ...next } = cutPage('refunds', page, found, (row) => row.id)
    return reply.send({ refunds: rows.map(viewRefund), ...next })
  })
}
