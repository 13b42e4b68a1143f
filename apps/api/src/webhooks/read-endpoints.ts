import { WebhookEndpoint, WebhookEndpointParams, WebhookEndpoints, WebhookSecret } from '@flash-sale/contract/webhooks'
import { listEndpoints, readEndpoint, readEndpointSecret } from '@flash-sale/database/webhooks/endpoints'
import type { Api, ApiContext } from '../api-context.ts'
import { withHeaders } from '../docs/answer-headers.ts'
import { problemAnswers } from '../problems/problem-answers.ts'
import { sendProblem } from '../problems/send-problem.ts'
import { viewEndpoint } from './view-endpoint.ts'

const common = { tags: ['ops'], security: [{ ops: [] }] }
const problems = ['INVALID_REQUEST', 'UNAUTHORIZED', 'FORBIDDEN', 'OVERLOADED', 'UNAVAILABLE'] as const

const listSchema = {
  ...common,
  operationId: 'listWebhookEndpoints',
  summary: 'List the webhook endpoints',
  description: 'Also shows which of them fail, and since when.',
  response: { 200: WebhookEndpoints, ...problemAnswers(...problems) },
}

const readSchema = {
  ...common,
  operationId: 'readWebhookEndpoint',
  summary: 'Read a webhook endpoint',
  params: WebhookEndpointParams,
  response: { 200: WebhookEndpoint, ...problemAnswers(...problems, 'WEBHOOK_ENDPOINT_NOT_FOUND') },
}

const secretSchema = {
  ...common,
  operationId: 'readWebhookSecret',
  summary: 'Read the secret of a webhook endpoint',
  description: 'No other answer shows it.',
  params: WebhookEndpointParams,
  response: {
    200: withHeaders(WebhookSecret, 'cache-control'),
    ...problemAnswers(...problems, 'WEBHOOK_ENDPOINT_NOT_FOUND'),
  },
}

const readWithinMs = 3_000

/** GET /v1/ops/webhook-endpoints, one of them, and its secret */
export function readEndpointsRoutes(app: Api, { stores, reads }: ApiContext): void {
  const { database } = stores

  app.get('/v1/ops/webhook-endpoints', { schema: listSchema }, async (_request, reply) => {
    const endpoints = await reads.runWithin(() => listEndpoints(database), readWithinMs, 'Postgres')
    return reply.send({ endpoints: endpoints.map(viewEndpoint) })
  })

  app.get('/v1/ops/webhook-endpoints/:endpointId', { schema: readSchema }, async (request, reply) => {
    const endpointId = Number(request.params.endpointId)
    const endpoint = await reads.runWithin(() => readEndpoint(database, endpointId), readWithinMs, 'Postgres')
    if (!endpoint) return sendProblem(reply, 'WEBHOOK_ENDPOINT_NOT_FOUND')
    return reply.send(viewEndpoint(endpoint))
  })

  app.get('/v1/ops/webhook-endpoints/:endpointId/secret', { schema: secretSchema }, async (request, reply) => {
    const endpointId = Number(request.params.endpointId)
    const secret = await reads.runWithin(() => readEndpointSecret(database, endpointId), readWithinMs, 'Postgres')
    if (secret === undefined) return sendProblem(reply, 'WEBHOOK_ENDPOINT_NOT_FOUND')
    return reply.header('cache-control', 'no-store').send({ secret })
  })
}
