import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import { fastify, LogController } from 'fastify'
import type { Logger } from 'pino'
import type { Api, ApiContext, ApiSecrets } from './api-context.ts'
import { createOpsSessions } from './auth/ops-session.ts'
import { createAuthHooks } from './auth/require-auth.ts'
import { readSignInRoute } from './auth/read-sign-in.ts'
import { createVerifyBuyer } from './auth/verify-buyer.ts'
import { createVerifyOps } from './auth/verify-ops.ts'
import { metricsRoute } from './metrics/metrics-route.ts'
import { issueTokenRoute } from './dev/issue-token.ts'
import { registerDocs } from './docs/register-docs.ts'
import { readOrderEventsRoute } from './feed/read-order-events.ts'
import { healthRoutes } from './health/health-routes.ts'
import { refuseMalformed } from './http/answers-in-order.ts'
import { prepareAcceptors } from './http/acceptors.ts'
import { createHttpServer } from './http/http-server.ts'
import { followKnownPaths } from './http/known-paths.ts'
import { parseBodies } from './http/parse-bodies.ts'
import { opsStreamRoute } from './live/ops-stream.ts'
import { auditItemRoute } from './ops/audit-item.ts'
import { auditTrailRoute } from './ops/audit-trail.ts'
import { bullBoardPath, bullBoardRoutes } from './ops/bull-board.ts'
import { changeSaleStateRoutes } from './ops/change-sale-state.ts'
import { changeTotalRoute } from './ops/change-total.ts'
import { createSaleRoute } from './ops/create-sale.ts'
import { deduplicateActs } from './ops/deduplicate-acts.ts'
import { discardJobRoute } from './ops/discard-job.ts'
import { exportOrdersRoute } from './ops/export-orders.ts'
import { failedJobsRoute } from './ops/failed-jobs.ts'
import { findOrdersRoute } from './ops/find-orders.ts'
import { listPaymentsRoute } from './ops/list-payments.ts'
import { listQuarantineRoute } from './ops/list-quarantine.ts'
import { listRefundsRoute } from './ops/list-refunds.ts'
import { ordersAsideRoutes } from './ops/orders-aside.ts'
import { refuseTooManyActions } from './ops/ops-answer.ts'
import { openSessionRoute } from './ops/open-session.ts'
import { rebuildItemRoute } from './ops/rebuild-item.ts'
import { restockItemRoute } from './ops/restock-item.ts'
import { refundOrderRoute } from './ops/refund-order.ts'
import { unknownMoneyRoutes } from './ops/unknown-money.ts'
import { readOperator } from './ops/read-operator.ts'
import { retryJobRoute } from './ops/retry-job.ts'
import { searchRoute } from './ops/search.ts'
import { workOffQuarantineRoutes } from './ops/work-off-quarantine.ts'
import { cancelOrderRoute } from './orders/cancel-order.ts'
import { listOrdersRoute } from './orders/list-orders.ts'
import { followOrderRoute } from './orders/follow-order.ts'
import { beginPaymentRoute } from './payments/begin-payment.ts'
import { takeWebhookRoute } from './payments/take-webhook.ts'
import { placeOrderRoute } from './orders/place-order.ts'
import { readOrderRoute } from './orders/read-order.ts'
import { servePages } from './pages/serve-pages.ts'
import { answerError, handleErrors } from './problems/handle-errors.ts'
import { describeProblems } from './problems/problem-answers.ts'
import { createHeadStart } from './sales/head-start.ts'
import { readSalesRoutes } from './sales/read-sales.ts'
import { readTimeRoute } from './sales/read-time.ts'
import { salesEventsRoute } from './sales/sales-events.ts'
import { readDropRoute, readStoryRoute } from './story/story-routes.ts'
import { changeEndpointRoutes } from './webhooks/change-endpoint.ts'
import { createEndpointRoute } from './webhooks/create-endpoint.ts'
import { deadLettersRoutes } from './webhooks/dead-letters.ts'
import { readEndpointsRoutes } from './webhooks/read-endpoints.ts'
import { testEndpointRoute } from './webhooks/test-endpoint.ts'

const bodyBytesMax = 16 * 1024

/** Fastify as the API has it, without routes. */
export function createApp(logger: Logger): Api {
  const app: Api = fastify({
    loggerInstance: logger,
    // A child logger for each request, which looks for secrets, cost 5 % of an order. Log lines name the request instead.
    childLoggerFactory: (parent) => parent,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: bodyBytesMax,
    // While the process stops, open connections are served as before. Each closes with its next answer.
    return503OnClosing: false,
    serverFactory: createHttpServer,
    // A body is judged exactly as it was sent: "1" is not 1, and an unknown field is an error.
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false, verbose: true } },
    clientErrorHandler: refuseMalformed,
    frameworkErrors: (error, request, reply) => void answerError(error, request, reply),
  }).withTypeProvider<TypeBoxTypeProvider>()

  handleErrors(app, followKnownPaths(app))
  parseBodies(app)
  app.decorateRequest('buyer', '')
  app.decorateRequest('ops', false)
  app.decorateRequest('said')
  describeProblems(app)
  return app
}

/** Builds the HTTP API, with the pages of `pagesFolder` if it is given. server.ts makes it listen. */
export async function buildApp(
  context: ApiContext,
  secrets: ApiSecrets,
  logger: Logger,
  pagesFolder?: string,
): Promise<Api> {
  const app = createApp(logger)
  prepareAcceptors(app, context.stopping)
  const hooks = createAuthHooks({
    verifyBuyer: createVerifyBuyer(secrets.jwtSecret),
    verifyOps: createVerifyOps(secrets.opsKey),
  })

  const sessions = createOpsSessions(secrets.opsKey, bullBoardPath)

  await registerDocs(app)
  healthRoutes(app, context)
  const headStart = createHeadStart()
  readSalesRoutes(app, context, headStart)
  readStoryRoute(app, context)
  readTimeRoute(app, context)
  salesEventsRoute(app, context, headStart)
  readSignInRoute(app, secrets)
  if (secrets.devTokens) issueTokenRoute(app, secrets.jwtSecret)
  await app.register(async (buyers: Api) => {
    buyers.addHook('onRequest', hooks.buyer)
    placeOrderRoute(buyers, context)
    listOrdersRoute(buyers, context)
    beginPaymentRoute(buyers, context)
  })
  await app.register((providers: Api) => takeWebhookRoute(providers, context))
  await app.register(async (readers: Api) => {
    readers.addHook('onRequest', hooks.buyerOrOps)
    readOrderRoute(readers, context)
    followOrderRoute(readers, context)
    cancelOrderRoute(readers, context)
  })
  await app.register(async (operators: Api) => {
    operators.addHook('onRequest', hooks.ops)
    readOperator(operators)
    await operators.register(async (actors: Api) => {
      actors.addHook('onRequest', refuseTooManyActions)
      deduplicateActs(actors, context)
      createSaleRoute(actors, context)
      changeSaleStateRoutes(actors, context)
      restockItemRoute(actors, context)
      changeTotalRoute(actors, context)
      rebuildItemRoute(actors, context)
      auditItemRoute(actors, context)
      failedJobsRoute(actors, context)
      refundOrderRoute(actors, context)
      unknownMoneyRoutes(actors, context)
      retryJobRoute(actors, context)
      discardJobRoute(actors, context)
      workOffQuarantineRoutes(actors, context)
      createEndpointRoute(actors, context)
      changeEndpointRoutes(actors, context)
      testEndpointRoute(actors, context)
      deadLettersRoutes(actors, context)
    })
    findOrdersRoute(operators, context)
    readDropRoute(operators, context)
    searchRoute(operators, context)
    exportOrdersRoute(operators, context)
    auditTrailRoute(operators, context)
    listPaymentsRoute(operators, context)
    listRefundsRoute(operators, context)
    listQuarantineRoute(operators, context)
    ordersAsideRoutes(operators, context)
    readOrderEventsRoute(operators, context)
    readEndpointsRoutes(operators, context)
    openSessionRoute(operators, sessions)
    opsStreamRoute(operators, context)
    metricsRoute(operators, context.registry)
  })
  await bullBoardRoutes(app, context, sessions)
  if (pagesFolder !== undefined) await servePages(app, pagesFolder, logger, { ...context, headStart })
  return app
}
