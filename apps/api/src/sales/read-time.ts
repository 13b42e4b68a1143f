import { ServerTime } from '@flash-sale/contract/time'
import { answerWithin } from '@flash-sale/runtime/answer-within'
import { readClockMs } from '@flash-sale/stock/ledger-clock'
import type { Api, ApiContext } from '../api-context.ts'
import { withHeaders } from '../docs/answer-headers.ts'
import { problemAnswers } from '../problems/problem-answers.ts'
import { sendProblem } from '../problems/send-problem.ts'

const schema = {
  operationId: 'readTime',
  summary: 'Read the clock that opens and closes sales',
  tags: ['sales'],
  response: { 200: withHeaders(ServerTime, 'cache-control'), ...problemAnswers('UNAVAILABLE') },
}

const readWithinMs = 3_000

/** GET /v1/time: Redis', since that is the clock that its scripts judge orders by. */
export function readTimeRoute(app: Api, { stores }: ApiContext): void {
  app.get('/v1/time', { schema }, async (_request, reply) => {
    // Anybody may ask: what waited for a Redis that is away would pile up.
    if (stores.redis.status !== 'ready') return sendProblem(reply, 'UNAVAILABLE')
    const nowMs = await answerWithin(readClockMs(stores.redis), readWithinMs, 'Redis')
    return reply.header('cache-control', 'no-store').send({ now: new Date(nowMs).toISOString() })
  })
}
