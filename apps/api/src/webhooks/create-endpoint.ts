import { ActHeaders } from '@flash-sale/contract/ops'
import { CreateWebhookEndpointBody, WebhookEndpoint } from '@flash-sale/contract/webhooks'
import type { Database } from '@flash-sale/database/connect'
import type { FeedHorizon } from '@flash-sale/database/feed/feed-horizon'
import { readLastNumber } from '@flash-sale/database/feed/order-events'
import { endpointCountMax, insertEndpoint, readEndpoint } from '@flash-sale/database/webhooks/endpoints'
import { createWebhookSecret } from '@flash-sale/webhooks/webhook-secret'
import { resolvedUrlFault } from '@flash-sale/webhooks/webhook-url'
import type { Api, ApiContext } from '../api-context.ts'
import { withHeaders } from '../docs/answer-headers.ts'
import { placeOfCursor } from '../feed/feed-cursor.ts'
import { opsAnswer } from '../ops/ops-answer.ts'
import { performAct } from '../ops/perform-act.ts'
import { problemAnswers } from '../problems/problem-answers.ts'
import { sendProblem } from '../problems/send-problem.ts'
import { statusesOf, viewEndpoint } from './view-endpoint.ts'

const schema = {
  operationId: 'createWebhookEndpoint',
  summary: 'Create a webhook endpoint',
  description:
    'It is told what becomes of orders from now on, or from a cursor of the feed on. Read its secret by a call of its own.',
  tags: ['ops'],
  security: [{ ops: [] }],
  headers: ActHeaders,
  body: CreateWebhookEndpointBody,
  response: {
    201: withHeaders(WebhookEndpoint, 'location'),
    ...problemAnswers(
      'INVALID_REQUEST',
      'UNAUTHORIZED',
      'FORBIDDEN',
      'CURSOR_NOT_KNOWN',
      'PAYLOAD_TOO_LARGE',
      'UNSUPPORTED_MEDIA_TYPE',
      'KEY_CONFLICT',
      'BUSY',
      'OVERLOADED',
      'UNAVAILABLE',
    ),
  },
}

/** Persisting a batch takes far less. In ms. */
const decidedWithinMs = 3_000

const tooMany = {
  problem: 'INVALID_REQUEST',
  extras: { detail: `There are ${endpointCountMax} webhook endpoints, which is the most; delete one first.` },
} as const

/** POST /v1/ops/webhook-endpoints */
export function createEndpointRoute(app: Api, { stores, webhookRule, horizon }: ApiContext): void {
  const { database } = stores
  app.post('/v1/ops/webhook-endpoints', { schema }, async (request, reply) => {
    const { url, description = '', types = [], after } = request.body
    const fault = await opsAnswer(resolvedUrlFault(url, webhookRule))
    if (fault !== undefined) return sendProblem(reply, 'INVALID_REQUEST', { detail: fault })
    return performAct<{ endpointId: number }>(stores, request, reply, {
      act: async (remember) => {
        const position = await (after === undefined ? placeOfNow(database, horizon) : placeOfCursor(database, after))
        if (position === 'NOT_DECIDED') return { problem: 'UNAVAILABLE' }
        if (position === 'INVALID')
          return { problem: 'INVALID_REQUEST', extras: { detail: 'The feed never gave this cursor.' } }
        if (position === 'OF_ANOTHER_HISTORY') return { problem: 'CURSOR_NOT_KNOWN' }
        const endpoint = { url, description, statuses: statusesOf(types), secret: createWebhookSecret(), position }
        return database.$transaction(async (statements) => {
          const endpointId = await insertEndpoint(statements, endpoint)
          if (endpointId === 'TOO_MANY') return tooMany
          const event = { actor: 'ops', action: 'create-webhook-endpoint', detail: { endpointId } } as const
          return remember(statements, { endpointId }, event)
        })
      },
      answer: async ({ endpointId }) => {
        const endpoint = await opsAnswer(readEndpoint(database, endpointId))
        return endpoint ? { status: 201, body: viewEndpoint(endpoint) } : { problem: 'UNAVAILABLE' }
      },
      locationOf: ({ endpointId }) => `/v1/ops/webhook-endpoints/${endpointId}`,
    })
  })
}

/**
 * The place behind which everything is still to come. Transactions in flight may have taken numbers up to it, and would never be told, so
 * they are waited for.
 */
async function placeOfNow(database: Database, horizon: FeedHorizon): Promise<bigint | 'NOT_DECIDED'> {
  const untilMs = performance.now() + decidedWithinMs
  const last = await readLastNumber(database)
  if (last === 0n) return last
  while (performance.now() < untilMs) {
    if ((await horizon.read(last - 1n)) >= last) return last
  }
  return 'NOT_DECIDED'
}
