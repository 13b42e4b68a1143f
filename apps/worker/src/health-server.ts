import { createConnectionsCloser } from '@flash-sale/runtime/close-connections'
import { fastify, type FastifyInstance } from 'fastify'
import type { Registry } from 'prom-client'

/** Longer than an answer takes. The rest of the time for a stop belongs to orders that are being persisted. */
const finishWithinMs = 1_500

/** Why the worker cannot do its work now, a sentence for each reason; none if it can. */
export type FindReasons = () => Promise<readonly (string | undefined)[]>

/** Serves GET /health/live and /health/ready for an orchestrator, and /metrics for Prometheus. */
export function createHealthServer(
  findReasons: FindReasons,
  metrics: Registry,
  stopping: AbortSignal,
): FastifyInstance {
  const app = fastify({ logger: false })
  app.addHook('preClose', createConnectionsCloser(app.server, finishWithinMs).stopListening)
  app.get('/health/live', () => ({ status: 'live' }))
  app.get('/health/ready', async (_request, reply) => {
    const found = stopping.aborted ? ['This process is stopping.'] : await findReasons()
    const reasons = found.filter((reason) => reason !== undefined)
    if (reasons.length === 0) return { status: 'ready' }
    return reply.code(503).header('retry-after', '1').send({ status: 'not ready', reasons })
  })
  app.get('/metrics', async (_request, reply) => reply.type(metrics.contentType).send(await metrics.metrics()))
  return app
}
