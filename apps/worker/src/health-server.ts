import { createConnectionsCloser } from '@flash-sale/runtime/close-connections'
import type { StoreWatch } from '@flash-sale/upkeep/watch-stores'
import { fastify, type FastifyInstance } from 'fastify'
import type { Registry } from 'prom-client'

/** Longer than an answer takes. The rest of the time for a stop belongs to orders that are being persisted. */
const finishWithinMs = 1_500

/** Serves GET /health/live and /health/ready for an orchestrator, and /metrics for Prometheus. */
export function createHealthServer(watch: StoreWatch, metrics: Registry, stopping: AbortSignal): FastifyInstance {
  const app = fastify({ logger: false })
  app.addHook('preClose', createConnectionsCloser(app.server, finishWithinMs).stopListening)
  app.get('/health/live', () => ({ status: 'live' }))
  app.get('/health/ready', async (_request, reply) => {
    const reasons = stopping.aborted ? ['This process is stopping.'] : await watch.findFaults()
    if (reasons.length === 0) return { status: 'ready' }
    return reply.code(503).header('retry-after', '1').send({ status: 'not ready', reasons })
  })
  app.get('/metrics', async (_request, reply) => reply.type(metrics.contentType).send(await metrics.metrics()))
  return app
}
