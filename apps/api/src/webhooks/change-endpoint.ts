import { ChangeWebhookEndpointBody, DeletedWebhookEndpoint, WebhookEndpoint } from '@flash-sale/contract/webhooks'
import {
  changeEndpoint,
  deleteEndpoint,
  rotateEndpointSecret,
  setEndpointState,
  type EndpointChange,
} from '@flash-sale/database/webhooks/endpoints'
import { createWebhookSecret } from '@flash-sale/webhooks/webhook-secret'
import { resolvedUrlFault } from '@flash-sale/webhooks/webhook-url'
import type { Api, ApiContext } from '../api-context.ts'
import { opsAnswer } from '../ops/ops-answer.ts'
import { takeNoBody } from '../ops/take-no-body.ts'
import { problemAnswers } from '../problems/problem-answers.ts'
import { sendProblem } from '../problems/send-problem.ts'
import { actOnEndpoint, endpointActProblems, endpointActSchema } from './endpoint-act.ts'
import { statusesOf } from './view-endpoint.ts'

/** For so long receivers have time to learn the new secret. */
const formerSecretMs = 24 * 3_600_000

const changeSchema = {
  ...endpointActSchema,
  operationId: 'changeWebhookEndpoint',
  summary: 'Change a webhook endpoint',
  description: 'What is not given stays. A new url is tried at once.',
  body: ChangeWebhookEndpointBody,
  response: {
    200: WebhookEndpoint,
    ...problemAnswers(...endpointActProblems, 'PAYLOAD_TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE'),
  },
}

const answers = { 200: WebhookEndpoint, ...problemAnswers(...endpointActProblems) }

const rotateSchema = {
  ...endpointActSchema,
  operationId: 'rotateWebhookSecret',
  summary: 'Give a webhook endpoint a new secret',
  description:
    'For 24 hours what is sent is signed with the new secret and with the one before. Read the new one by its own call.',
  response: { ...answers, ...problemAnswers(...endpointActProblems, 'FORMER_SECRET_SIGNS') },
}

const deleteSchema = {
  ...endpointActSchema,
  operationId: 'deleteWebhookEndpoint',
  summary: 'Delete a webhook endpoint',
  description: 'Its address and its secrets are forgotten.',
  response: { 200: DeletedWebhookEndpoint, ...problemAnswers(...endpointActProblems) },
}

const states = {
  pause: { state: 'paused', description: 'Nothing is sent until it is resumed. What happens meanwhile is sent then.' },
  resume: { state: 'active', description: 'It goes on with the event at which it stands, at once.' },
} as const

/** POST /v1/ops/webhook-endpoints/:endpointId/change, /pause, /resume, /rotate-secret and /delete */
export function changeEndpointRoutes(app: Api, { stores, webhookRule }: ApiContext): void {
  app.post('/v1/ops/webhook-endpoints/:endpointId/change', { schema: changeSchema }, async (request, reply) => {
    const { url, types, description } = request.body
    const fault = url === undefined ? undefined : await opsAnswer(resolvedUrlFault(url, webhookRule))
    if (fault !== undefined) return sendProblem(reply, 'INVALID_REQUEST', { detail: fault })
    const change: EndpointChange = {
      ...(url !== undefined && { url }),
      ...(description !== undefined && { description }),
      ...(types !== undefined && { statuses: statusesOf(types) }),
    }
    return actOnEndpoint({ stores }, request, reply, 'change-webhook-endpoint', (statements, endpointId) =>
      changeEndpoint(statements, endpointId, change),
    )
  })

  for (const action of ['pause', 'resume'] as const) {
    const { state, description } = states[action]
    const schema = {
      ...endpointActSchema,
      operationId: `${action}WebhookEndpoint`,
      summary: `${action === 'pause' ? 'Pause' : 'Resume'} a webhook endpoint`,
      description,
      response: answers,
    }
    const options = { schema, preHandler: takeNoBody }
    app.post(`/v1/ops/webhook-endpoints/:endpointId/${action}`, options, async (request, reply) =>
      actOnEndpoint({ stores }, request, reply, `${action}-webhook-endpoint`, (statements, endpointId) =>
        setEndpointState(statements, endpointId, state),
      ),
    )
  }

  app.post(
    '/v1/ops/webhook-endpoints/:endpointId/rotate-secret',
    { schema: rotateSchema, preHandler: takeNoBody },
    async (request, reply) =>
      actOnEndpoint({ stores }, request, reply, 'rotate-webhook-secret', async (statements, endpointId) => {
        const rotated = await rotateEndpointSecret(statements, endpointId, createWebhookSecret(), formerSecretMs)
        return rotated === 'FORMER_SIGNS' ? { problem: 'FORMER_SECRET_SIGNS' } : rotated
      }),
  )

  app.post(
    '/v1/ops/webhook-endpoints/:endpointId/delete',
    { schema: deleteSchema, preHandler: takeNoBody },
    async (request, reply) =>
      actOnEndpoint(
        { stores },
        request,
        reply,
        'delete-webhook-endpoint',
        deleteEndpoint,
        async (_database, endpointId) => ({
          status: 200,
          body: { endpointId },
        }),
      ),
  )
}
