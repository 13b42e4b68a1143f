import { ActHeaders } from '@flash-sale/contract/ops'
import {
  DeadLetterParams,
  DeadLetters,
  DeadLettersQuery,
  WorkedOffDeadLetter,
  type DeadLetter,
} from '@flash-sale/contract/webhooks'
import {
  askForReplay,
  listDeadLetters,
  resolveDeadLetter,
  type DeadLetter as DeadLetterRow,
} from '@flash-sale/database/webhooks/dead-letters'
import type { Api, ApiContext } from '../api-context.ts'
import { cutPage, readPage } from '../lists/page.ts'
import { performAct } from '../ops/perform-act.ts'
import { takeNoBody } from '../ops/take-no-body.ts'
import { problemAnswers } from '../problems/problem-answers.ts'
import { sendProblem } from '../problems/send-problem.ts'

const common = { tags: ['ops'], security: [{ ops: [] }] }

const listSchema = {
  ...common,
  operationId: 'listDeadLetters',
  summary: 'List the events that webhook endpoints refused for good, newest first',
  querystring: DeadLettersQuery,
  response: {
    200: DeadLetters,
    ...problemAnswers('INVALID_REQUEST', 'UNAUTHORIZED', 'FORBIDDEN', 'OVERLOADED', 'UNAVAILABLE'),
  },
}

const actAnswers = {
  200: WorkedOffDeadLetter,
  ...problemAnswers(
    'INVALID_REQUEST',
    'UNAUTHORIZED',
    'FORBIDDEN',
    'DEAD_LETTER_NOT_FOUND',
    'KEY_CONFLICT',
    'BUSY',
    'OVERLOADED',
    'UNAVAILABLE',
  ),
}

const descriptions = {
  replay: 'It is sent once more, out of its order and under its first `webhook-id`. If that fails it is dead again.',
  discard: 'It is not listed any more.',
} as const

const readWithinMs = 3_000

/** GET /v1/ops/dead-letters, and POST /v1/ops/dead-letters/:deadLetterId/replay and /discard */
export function deadLettersRoutes(app: Api, { stores, reads }: ApiContext): void {
  const { database } = stores

  app.get('/v1/ops/dead-letters', { schema: listSchema }, async (request, reply) => {
    const page = readPage('dead-letters', request.query)
    if (!page) return sendProblem(reply, 'INVALID_REQUEST', { detail: 'The cursor is not one that this list gave.' })
    const read = () => listDeadLetters(database, page.before, page.limit + 1)
    const found = await reads.runWithin(read, readWithinMs, 'Postgres')
    const { rows, ...next } = cutPage('dead-letters', page, found, (row) => row.id)
    return reply.send({ deadLetters: rows.map(viewOf), ...next })
  })

  for (const action of ['replay', 'discard'] as const) {
    const schema = {
      ...common,
      operationId: `${action}DeadLetter`,
      summary: `${action === 'replay' ? 'Replay' : 'Discard'} an event that an endpoint refused`,
      description: descriptions[action],
      params: DeadLetterParams,
      headers: ActHeaders,
      response: actAnswers,
    }
    const options = { schema, preHandler: takeNoBody }
    app.post(`/v1/ops/dead-letters/:deadLetterId/${action}`, options, async (request, reply) => {
      const deadLetterId = Number(request.params.deadLetterId)
      return performAct<{ deadLetterId: number }>(stores, request, reply, {
        act: (remember) =>
          database.$transaction(async (statements) => {
            const isDone =
              action === 'replay'
                ? await askForReplay(statements, deadLetterId)
                : await resolveDeadLetter(statements, BigInt(deadLetterId), 'discarded')
            if (!isDone) return { problem: 'DEAD_LETTER_NOT_FOUND' }
            const event = { actor: 'ops', action: `${action}-dead-letter`, detail: { deadLetterId } } as const
            return remember(statements, { deadLetterId }, event)
          }),
        answer: async (effect) => ({ status: 200, body: effect }),
      })
    })
  }
}

function viewOf({ id, endpointId, eventId, failure, tryCount, diedAt, replayAskedAt }: DeadLetterRow): DeadLetter {
  return {
    deadLetterId: Number(id),
    endpointId,
    eventId,
    failure,
    tries: tryCount,
    diedAt: diedAt.toISOString(),
    isReplayed: replayAskedAt !== null,
  }
}
