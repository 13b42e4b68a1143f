import type { Logger } from 'pino'
import type { Api } from '../api-context.ts'

/**
 * Has an app and its requests log with `logger`. Call it before the first route is added. A logger among Fastify's own options costs each
 * request two listeners for the end of its answer and a check of the logger's methods, even if no request is logged: a twelfth of an order.
 */
export function logWith(app: Api, logger: Logger): void {
  app.log = logger
  app.addHook('onRequest', (request, reply, done) => {
    request.log = logger
    reply.log = logger
    done()
  })
}
