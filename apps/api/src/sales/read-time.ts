import { ServerTime } from '@flash-sale/contract/sales'
import { readRedisTime } from '@flash-sale/runtime/redis-time'
import type { Api, ApiContext } from '../api-context.ts'
import { withHeaders } from '../docs/answer-headers.ts'
import { problemAnswers } from '../problems/problem-answers.ts'

const schema = {
  operationId: 'readTime',
  summary: 'Read the clock that opens and closes sales',
  tags: ['sales'],
  response: { 200: withHeaders(ServerTime, 'cache-control'), ...problemAnswers('OVERLOADED', 'UNAVAILABLE') },
}

const readWithinMs = 3_000

/** GET /v1/time: the clock of Redis, since the scripts judge orders by that clock. */
export function readTimeRoute(app: Api, { readRedis, reads }: ApiContext): void {
  app.get('/v1/time', { schema }, async (_request, reply) => {
    // Clients do not share this read, since an earlier answer would be too old to set a clock by.
    const nowMs = await reads.runWithin(() => readRedisTime(readRedis), readWithinMs, 'Redis')
    return reply.header('cache-control', 'no-store').send({ now: new Date(nowMs).toISOString() })
  })
}
