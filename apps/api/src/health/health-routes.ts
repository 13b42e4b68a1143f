import { HealthLive, HealthReady } from '@flash-sale/contract/health'
import { answerWithin } from '@flash-sale/runtime/answer-within'
import type { Api, ApiContext } from '../api-context.ts'
import { problemAnswers } from '../problems/problem-answers.ts'
import { sendProblem } from '../problems/send-problem.ts'

const liveSchema = { operationId: 'live', summary: 'The process runs', tags: ['health'], response: { 200: HealthLive } }
const readySchema = {
  operationId: 'ready',
  summary: 'Orders can be placed: Redis and Postgres answer, and the process is not stopping',
  tags: ['health'],
  response: { 200: HealthReady, ...problemAnswers('UNAVAILABLE') },
}

const storeAnswerMs = 1_000

/** GET /health/live and GET /health/ready */
export function healthRoutes(app: Api, { stores, acknowledgementLevel, stopping }: ApiContext): void {
  app.get('/health/live', { schema: liveSchema }, async (_request, reply) => reply.send({ status: 'live' }))

  app.get('/health/ready', { schema: readySchema }, async (_request, reply) => {
    if (stopping.aborted) return sendProblem(reply, 'UNAVAILABLE', { detail: 'This process is stopping.' })
    const [redis, postgres] = await Promise.allSettled([
      answerWithin(stores.redis.ping(), storeAnswerMs, 'Redis'),
      answerWithin(stores.database.$queryRaw`SELECT 1`, storeAnswerMs, 'Postgres'),
    ])
    const away = [redis.status === 'rejected' && 'Redis', postgres.status === 'rejected' && 'Postgres'].filter(Boolean)
    if (away.length > 0) return sendProblem(reply, 'UNAVAILABLE', { detail: `${away.join(' and ')} did not answer.` })
    return reply.send({ status: 'ready', acknowledgementLevel })
  })
}
