import { createSharedRead } from '@flash-sale/runtime/shared-read'
import type { Registry } from 'prom-client'
import type { Api } from '../api-context.ts'

/** The API description leaves this route out, since clients do not use it. */
const schema = { hide: true }

/** GET /metrics, with the operators' key as its bearer token. */
export function metricsRoute(app: Api, registry: Registry): void {
  const read = createSharedRead(() => registry.metrics(), 0)
  app.get('/metrics', { schema }, async (_request, reply) => reply.type(registry.contentType).send(await read()))
}
