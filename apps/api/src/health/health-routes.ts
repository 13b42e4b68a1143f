import { HealthLive, HealthReady } from '@flash-sale/contract/health'
import { describeMissingItems } from '@flash-sale/stock/missing-items'
import type { Api, ApiContext } from '../api-context.ts'
import { problemAnswers } from '../problems/problem-answers.ts'
import { sendProblem } from '../problems/send-problem.ts'

const liveSchema = { operationId: 'live', summary: 'The process runs', tags: ['health'], response: { 200: HealthLive } }
const readySchema = {
  operationId: 'ready',
  summary: 'Orders can be placed: Redis and Postgres answer and take writes, and the process is not stopping',
  tags: ['health'],
  response: { 200: HealthReady, ...problemAnswers('UNAVAILABLE') },
}

/** GET /health/live and GET /health/ready */
export function healthRoutes(
  app: Api,
  { watch, readRedis, acknowledgementLevel, stopping, accepted }: ApiContext,
): void {
  app.get('/health/live', { schema: liveSchema }, async (_request, reply) => reply.send({ status: 'live' }))

  app.get('/health/ready', { schema: readySchema }, async (_request, reply) => {
    if (stopping.aborted) return sendProblem(reply, 'UNAVAILABLE', { detail: 'This process is stopping.' })
    const reasons = await watch.findFaults()
    if (reasons.length > 0) return sendProblem(reply, 'UNAVAILABLE', { detail: reasons.join(' ') })
    const missing = await describeMissingItems(readRedis).catch(() => undefined)
    const remembered = accepted.counts()
    return reply.send({ status: 'ready', acknowledgementLevel, remembered, ...(missing && { degraded: [missing] }) })
  })
}
