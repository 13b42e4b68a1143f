import { HealthLive, HealthReady } from '@flash-sale/contract/health'
import { describeMissingItems } from '@flash-sale/stock/missing-items'
import type { Api, ApiContext } from '../api-context.ts'
import { problemAnswers } from '../problems/problem-answers.ts'
import { sendProblem } from '../problems/send-problem.ts'

const liveSchema = { operationId: 'live', summary: 'The process runs', tags: ['health'], response: { 200: HealthLive } }
const readySchema = {
  operationId: 'ready',
  summary: 'Orders can be placed: Redis takes them and keeps them as safe as promised, and the process is not stopping',
  description:
    'While Postgres is away orders of items that this process knows are accepted all the same: `degraded` says so.',
  tags: ['health'],
  response: { 200: HealthReady, ...problemAnswers('UNAVAILABLE') },
}

/** GET /health/live and GET /health/ready */
export function healthRoutes(app: Api, context: ApiContext): void {
  const { watch, standing, readRedis, acknowledgementLevel, stopping, accepted } = context
  app.get('/health/live', { schema: liveSchema }, async (_request, reply) => reply.send({ status: 'live' }))

  app.get('/health/ready', { schema: readySchema }, async (_request, reply) => {
    if (stopping.aborted) return sendProblem(reply, 'UNAVAILABLE', { detail: 'This process is stopping.' })
    const { redis, postgres } = await watch.findFaults()
    const reasons = new Set([redis, standing.fault].filter((fault) => fault !== undefined))
    if (reasons.size > 0) return sendProblem(reply, 'UNAVAILABLE', { detail: [...reasons].join(' ') })
    const missing = await describeMissingItems(readRedis).catch(() => undefined)
    const degraded = [postgres, missing].filter((fault) => fault !== undefined)
    const level = acknowledgementLevel()
    return reply.send({
      status: 'ready',
      ...(level && { acknowledgementLevel: level }),
      remembered: accepted.counts(),
      ...(degraded.length > 0 && { degraded }),
    })
  })
}
