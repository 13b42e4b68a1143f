import { randomUUID } from 'node:crypto'
import { WebhookTest } from '@flash-sale/contract/webhooks'
import type { Database } from '@flash-sale/database/connect'
import { readEndpointTarget } from '@flash-sale/database/webhooks/endpoints'
import { createWebhookSender, type WebhookSender } from '@flash-sale/webhooks/send-webhook'
import { testMessage } from '@flash-sale/webhooks/webhook-message'
import type { Api, ApiContext } from '../api-context.ts'
import type { ActAnswer } from '../ops/perform-act.ts'
import { takeNoBody } from '../ops/take-no-body.ts'
import { problemAnswers } from '../problems/problem-answers.ts'
import { actOnEndpoint, endpointActProblems, endpointActSchema } from './endpoint-act.ts'

const schema = {
  ...endpointActSchema,
  operationId: 'testWebhookEndpoint',
  summary: 'Send a test message to a webhook endpoint',
  description:
    'A `webhook.test` message is sent once, also to an endpoint that is paused. The answer says what came of it.',
  response: { 200: WebhookTest, ...problemAnswers(...endpointActProblems) },
}

/** An operator waits for it. In ms. */
const testTimeoutMs = 5_000

/** POST /v1/ops/webhook-endpoints/:endpointId/test */
export function testEndpointRoute(app: Api, { stores, webhookRule }: ApiContext): void {
  const sender = createWebhookSender({ ...webhookRule, timeoutMs: testTimeoutMs })
  app.addHook('onClose', () => sender.close())
  app.post('/v1/ops/webhook-endpoints/:endpointId/test', { schema, preHandler: takeNoBody }, async (request, reply) =>
    actOnEndpoint(
      { stores },
      request,
      reply,
      'test-webhook-endpoint',
      async (statements, endpointId) => (await readEndpointTarget(statements, endpointId)) !== undefined,
      (database, endpointId) => sendTest(sender, database, endpointId),
    ),
  )
}

async function sendTest(sender: WebhookSender, database: Database, endpointId: number): Promise<ActAnswer> {
  const target = await readEndpointTarget(database, endpointId)
  if (!target) return { problem: 'WEBHOOK_ENDPOINT_NOT_FOUND' }
  const sent = await sender.send(target, testMessage(`test.${randomUUID()}`, endpointId))
  const isDelivered = sent.kind === 'DELIVERED'
  return { status: 200, body: { endpointId, isDelivered, ...('failure' in sent && { failure: sent.failure }) } }
}
