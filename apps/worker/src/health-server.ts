import type { Database } from '@flash-sale/database/connect'
import { answerWithin } from '@flash-sale/runtime/answer-within'
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
  stopping: AbortSignal,
): FastifyInstance {
  const app = fastify({ logger: false })
  app.addHook('preClose', createConnectionsCloser(app.server, finishWithinMs).stopListening)
  app.get('/health/live', () => ({ status: 'live' }))
  app.get('/health/ready', async (_request, reply) => {
    const notReady = (reason: string) =>
      reply.code(503).header('retry-after', '1').send({ status: 'not ready', reason })
    if (stopping.aborted) return notReady('stopping')
    try {
      await answerWithin(Promise.all([redis.ping(), database.$queryRaw`SELECT 1`]), storeAnswerMs, 'a store')
      return { status: 'ready' }
    } catch {
      return notReady('a store did not answer')
    }
  })
  app.get('/metrics', async (_request, reply) => reply.type(metrics.contentType).send(await metrics.metrics()))
  return app
}
