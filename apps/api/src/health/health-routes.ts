import { HealthLive, HealthReady } from '@flash-sale/contract/health'
import { answerWithin } from '@flash-sale/runtime/answer-within'
import { createSharedRead } from '@flash-sale/runtime/shared-read'
import type { Api, ApiContext } from '../api-context.ts'
import { problemAnswers } from '../problems/problem-answers.ts'
import { sendProblem } from '../problems/send-problem.ts'

const liveSchema = { summary: 'The process runs', tags: ['health'], response: { 200: HealthLive } }
const readySchema = {
  summary: 'Orders can be placed: Redis and Postgres answer',
  tags: ['health'],
  response: { 200: HealthReady, ...problemAnswers('UNAVAILABLE') },
}

const storeAnswerMs = 1_000

/** GET /health/live and GET /health/ready */
export function healthRoutes(app: Api, { stores, orderRedis, acknowledgementLevel }: ApiContext): void {
  // Nobody's asking twice piles anything up: a store that does not answer has been asked once.
  const pingRedis = createSharedRead(() => orderRedis.ping(), 0)
  const askPostgres = createSharedRead(async () => stores.database.$queryRaw`SELECT 1`, 0)

  app.get('/health/live', { schema: liveSchema }, async (_request, reply) => reply.send({ status: 'live' }))

  app.get('/health/ready', { schema: readySchema }, async (_request, reply) => {
    const [redis, postgres] = await Promise.allSettled([
      answerWithin(pingRedis(), storeAnswerMs, 'Redis'),
      answerWithin(askPostgres(), storeAnswerMs, 'Postgres'),
    ])
    const away = [redis.status === 'rejected' && 'Redis', postgres.status === 'rejected' && 'Postgres'].filter(Boolean)
    if (away.length > 0) return sendProblem(reply, 'UNAVAILABLE', { detail: `${away.join(' and ')} did not answer.` })
    return reply.send({ status: 'ready', acknowledgementLevel })
  })
}
