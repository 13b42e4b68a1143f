import { isUtf8 } from 'node:buffer'
import helmet from '@fastify/helmet'
import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import { createConnectionsCloser } from '@flash-sale/runtime/close-connections'
import { fastify, LogController } from 'fastify'
import type { Logger } from 'pino'
import type { Api, ApiContext, ApiSecrets } from './api-context.ts'
import { createOpsSessions } from './auth/ops-session.ts'
import { createAuthHooks } from './auth/require-auth.ts'
import { createVerifyBuyer } from './auth/verify-buyer.ts'
import { createVerifyOps } from './auth/verify-ops.ts'
import { metricsRoute } from './metrics/metrics-route.ts'
import { issueTokenRoute } from './dev/issue-token.ts'
import { healthRoutes } from './health/health-routes.ts'
import { opsStreamRoute } from './live/ops-stream.ts'
import { auditItemRoute } from './ops/audit-item.ts'
import { auditTrailRoute } from './ops/audit-trail.ts'
import { bullBoardPath, bullBoardRoutes } from './ops/bull-board.ts'
import { changeSaleStateRoutes } from './ops/change-sale-state.ts'
import { createSaleRoute } from './ops/create-sale.ts'
import { exportOrdersRoute } from './ops/export-orders.ts'
import { failedJobsRoute } from './ops/failed-jobs.ts'
import { findOrdersRoute } from './ops/find-orders.ts'
import { refuseTooManyActions } from './ops/ops-answer.ts'
import { openSessionRoute } from './ops/open-session.ts'
import { rebuildItemRoute } from './ops/rebuild-item.ts'
import { restockItemRoute } from './ops/restock-item.ts'
import { retryJobRoute } from './ops/retry-job.ts'
import { listOrdersRoute } from './orders/list-orders.ts'
import { followOrderRoute } from './orders/follow-order.ts'
import { placeOrderRoute } from './orders/place-order.ts'
import { readOrderRoute } from './orders/read-order.ts'
import { pageSecurity } from './pages/page-security.ts'
import { servePages } from './pages/serve-pages.ts'
import { answerError, answerMalformedRequest, handleErrors, InvalidRequestError } from './problems/handle-errors.ts'
import { describeProblems } from './problems/problem-answers.ts'
import { readSalesRoutes } from './sales/read-sales.ts'
import { readTimeRoute } from './sales/read-time.ts'

const bodyBytesMax = 16 * 1024
/** A client that trickles its request holds a socket no longer than this, and the time until the next look. */
const requestTimeoutMs = 10_000
const requestTimeoutCheckMs = 1_000

/** Builds the HTTP API on what it is given, with the pages of `pagesFolder` if that is given; listening is server.ts' part. */
export async function buildApp(
  context: ApiContext,
  secrets: ApiSecrets,
  logger: Logger,
  pagesFolder?: string,
): Promise<Api> {
  const app: Api = fastify({
    loggerInstance: logger,
    // A child logger for each request, with its secrets looked for, was 5 % of an order. What is logged names the request.
    childLoggerFactory: (parent) => parent,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: bodyBytesMax,
    // Who still has a connection while the process stops is served as before; the connection closes with the answer.
    return503OnClosing: false,
    requestTimeout: requestTimeoutMs,
    // With Node's default of a minute for the headers, the time-out of the request does not see a body that stays away.
    http: { headersTimeout: requestTimeoutMs, connectionsCheckingInterval: requestTimeoutCheckMs },
    // What is sent is judged as it was sent: "1" is not 1, and an unknown field is a mistake.
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false, verbose: true } },
    clientErrorHandler: answerMalformedRequest,
    frameworkErrors: (error, request, reply) => void answerError(error, request, reply),
  }).withTypeProvider<TypeBoxTypeProvider>()

  handleErrors(app)
  parseBodies(app)
  closeConnectionsWhenStopping(app)
  app.decorateRequest('buyer', '')
  app.decorateRequest('ops', false)
  const hooks = createAuthHooks({
    verifyBuyer: createVerifyBuyer(secrets.jwtSecret),
    verifyOps: createVerifyOps(secrets.opsKey),
  })

  const sessions = createOpsSessions(secrets.opsKey, bullBoardPath)

  describeProblems(app)
  await registerDocs(app)
  healthRoutes(app, context)
  readSalesRoutes(app, context)
  readTimeRoute(app, context)
  if (secrets.devTokens) issueTokenRoute(app, secrets.jwtSecret)
  await app.register(async (buyers: Api) => {
    buyers.addHook('onRequest', hooks.buyer)
    placeOrderRoute(buyers, context)
    listOrdersRoute(buyers, context)
  })
  await app.register(async (readers: Api) => {
    readers.addHook('onRequest', hooks.buyerOrOps)
    readOrderRoute(readers, context)
    followOrderRoute(readers, context)
  })
  await app.register(async (operators: Api) => {
    operators.addHook('onRequest', hooks.ops)
    await operators.register(async (actors: Api) => {
      actors.addHook('onRequest', refuseTooManyActions)
      createSaleRoute(actors, context)
      changeSaleStateRoutes(actors, context)
      restockItemRoute(actors, context)
      rebuildItemRoute(actors, context)
      auditItemRoute(actors, context)
      failedJobsRoute(actors, context)
      retryJobRoute(actors, context)
    })
    findOrdersRoute(operators, context)
    exportOrdersRoute(operators, context)
    auditTrailRoute(operators, context)
    openSessionRoute(operators, sessions)
    opsStreamRoute(operators, context)
    metricsRoute(operators, context.registry)
  })
  await bullBoardRoutes(app, context, sessions)
  if (pagesFolder !== undefined) await servePages(app, pagesFolder, logger)
  return app
}

/** JSON in valid UTF-8, or nothing: clients that always name a content type may send an action without a body. */
function parseBodies(app: Api): void {
  const parseJson = app.getDefaultJsonParser('error', 'error')
  app.removeContentTypeParser(['application/json', 'text/plain'])
  app.addContentTypeParser<Buffer>('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    if (body.length === 0) return done(null, undefined)
    // Decoding would put a replacement character for what it cannot read, and so change what was sent.
    if (!isUtf8(body)) return done(new InvalidRequestError('The body is not valid UTF-8'))
    void parseJson(request, body.toString(), done)
  })
}

function closeConnectionsWhenStopping(app: Api): void {
  const closeConnections = createConnectionsCloser(app.server)
  app.addHook('preClose', (done) => {
    closeConnections()
    done()
  })
}

async function registerDocs(app: Api): Promise<void> {
  await app.register(swagger, {
    refResolver: {
      buildLocalReference: ({ $id }, _base, _fragment, i) => (typeof $id === 'string' ? $id : `schema-${i}`),
    },
    openapi: {
      info: { title: 'Flash Sale', version: '1', description: 'Orders for limited stock, never one too many.' },
      components: {
        securitySchemes: {
          buyer: {
            type: 'http',
            scheme: 'bearer',
            bearerFormat: 'JWT',
            description: "A JWT of the shop's own sign-in: HS256 with JWT_SECRET, `sub` is the buyer, `exp` is obeyed.",
          },
          ops: { type: 'http', scheme: 'bearer', description: 'OPS_KEY.' },
        },
      },
    },
  })
  // Headers for pages; the API's own answers are JSON, and hooks on the order path are paid for each order.
  await app.register(async (pages) => {
    await pages.register(helmet, pageSecurity({ styleSrc: ["'self'", "'unsafe-inline'"] }))
    await pages.register(swaggerUi, { routePrefix: '/docs' })
  })
}
