import type { Database } from '@flash-sale/database/connect'
import { answerWithin } from '@flash-sale/runtime/answer-within'
import { createSharedRead } from '@flash-sale/runtime/shared-read'
import { createConnectionsCloser } from '@flash-sale/runtime/close-connections'
import { fastify, type FastifyInstance } from 'fastify'
import type { Registry } from 'prom-client'
import type { Redis } from 'ioredis'

const storeAnswerMs = 1_000
/** Longer than an answer takes; the rest of a stop's time is for what is being persisted. */
const finishWithinMs = 1_500

/** What an orchestrator asks the worker: GET /health/live and /health/ready, and /metrics for Prometheus. */
export function createHealthServer(
  { redis, database }: { redis: Redis; database: Database },
  metrics: Registry,
): FastifyInstance {
  const app = fastify({ logger: false })
  const closeConnections = createConnectionsCloser(app.server, finishWithinMs)
  app.addHook('preClose', (done) => {
    closeConnections()
    done()
  })
  // However often an orchestrator asks, a store that does not answer has been asked once.
  const askStores = createSharedRead(() => Promise.all([redis.ping(), database.$queryRaw`SELECT 1`]), 0)
  app.get('/health/live', () => ({ status: 'live' }))
  app.get('/health/ready', async (_request, reply) => {
    try {
      await answerWithin(askStores(), storeAnswerMs, 'a store')
      return { status: 'ready' }
    } catch {
      return reply.code(503).header('retry-after', '1').send({ status: 'not ready' })
    }
  })
  app.get('/metrics', async (_request, reply) => reply.type(metrics.contentType).send(await metrics.metrics()))
  return app
}
