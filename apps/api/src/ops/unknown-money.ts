import { ActHeadersWithReason } from '@flash-sale/contract/ops'
import {
  ListUnknownMoneyQuery,
  ResolvedUnknownMoney,
  UnknownMoneyList,
  UnknownMoneyParams,
  type UnknownMoney,
} from '@flash-sale/contract/payments'
import { listUnknownMoney, resolveUnknownMoney, type UnknownMoneyRow } from '@flash-sale/database/unknown-money'
import type { Api, ApiContext } from '../api-context.ts'
import { cutPage, readPage } from '../lists/page.ts'
import { problemAnswers } from '../problems/problem-answers.ts'
import { sendProblem } from '../problems/send-problem.ts'
import { performAct } from './perform-act.ts'
import { takeNoBody } from './take-no-body.ts'

const common = { tags: ['ops'], security: [{ ops: [] }] }

const listSchema = {
  ...common,
  operationId: 'listUnknownMoney',
  summary: 'List money that came for no payment of ours, newest first',
  description:
    'Look for it at the provider, and give it back there. It is listed until an operator says what became of it.',
  querystring: ListUnknownMoneyQuery,
  response: {
    200: UnknownMoneyList,
    ...problemAnswers('INVALID_REQUEST', 'UNAUTHORIZED', 'FORBIDDEN', 'OVERLOADED', 'UNAVAILABLE'),
  },
}

const resolveSchema = {
  ...common,
  operationId: 'resolveUnknownMoney',
  summary: 'Say what became of unknown money',
  description:
    'Once it was dealt with at the provider. `Act-Reason` says how, in the audit trail. It is not listed any more.',
  params: UnknownMoneyParams,
  headers: ActHeadersWithReason,
  response: {
    200: ResolvedUnknownMoney,
    ...problemAnswers(
      'INVALID_REQUEST',
      'UNAUTHORIZED',
      'FORBIDDEN',
      'UNKNOWN_MONEY_NOT_FOUND',
      'KEY_CONFLICT',
      'BUSY',
      'OVERLOADED',
      'UNAVAILABLE',
    ),
  },
}

const readWithinMs = 3_000

/** GET /v1/ops/unknown-money, and POST /v1/ops/unknown-money/:unknownMoneyId/resolve */
export function unknownMoneyRoutes(app: Api, { stores, reads }: ApiContext): void {
  const { database } = stores

  app.get('/v1/ops/unknown-money', { schema: listSchema }, async (request, reply) => {
    const page = readPage('unknown-money', request.query)
    if (!page) return sendProblem(reply, 'INVALID_REQUEST', { detail: 'The cursor is not one that this list gave.' })
    const read = () => listUnknownMoney(database, page.before, page.limit + 1)
    const found = await reads.runWithin(read, readWithinMs, 'Postgres')
    const { rows, ...next } = cutPage('unknown-money', page, found, (row) => row.number)
    return reply.send({ unknownMoney: rows.map(viewOf), ...next })
  })

  const options = { schema: resolveSchema, preHandler: takeNoBody }
  app.post('/v1/ops/unknown-money/:unknownMoneyId/resolve', options, async (request, reply) => {
    const unknownMoneyId = Number(request.params.unknownMoneyId)
    return performAct<ResolvedUnknownMoney>(stores, request, reply, {
      act: (remember) =>
        database.$transaction(async (statements) => {
          const resolved = await resolveUnknownMoney(statements, unknownMoneyId)
          if (!resolved) return { problem: 'UNKNOWN_MONEY_NOT_FOUND' }
          const detail = { ...resolved, amount: Number(resolved.amount) }
          return remember(statements, { unknownMoneyId }, { actor: 'ops', action: 'resolve-unknown-money', detail })
        }),
      answer: async (effect) => ({ status: 200, body: effect }),
    })
  })
}

function viewOf({ number, paymentId, amount, receivedAt, ...row }: UnknownMoneyRow): UnknownMoney {
  return {
    ...row,
    unknownMoneyId: Number(number),
    ...(paymentId !== null && { paymentId }),
    amount: Number(amount),
    receivedAt: receivedAt.toISOString(),
  }
}
