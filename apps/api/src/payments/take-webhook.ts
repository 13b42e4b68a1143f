import { WebhookParams, WebhookTaken } from '@flash-sale/contract/payments'
import { recordAuditEvent } from '@flash-sale/database/audit-events'
import { applyPayment } from '@flash-sale/database/payments'
import type { Api, ApiContext } from '../api-context.ts'
import { UnsupportedBodyError } from '../problems/handle-errors.ts'
import { problemAnswers } from '../problems/problem-answers.ts'
import { sendProblem } from '../problems/send-problem.ts'

const schema = {
  operationId: 'takePaymentWebhook',
  summary: 'Take what a payment provider tells',
  description: [
    'For the payment provider alone: the body is verified by its signature. The answer comes after the commit, so an event without an',
    'answer of 200 is to be sent again. Events may come in any order and any number of times.',
  ].join('\n'),
  tags: ['payments'],
  params: WebhookParams,
  response: {
    200: WebhookTaken,
    ...problemAnswers('WEBHOOK_NOT_VERIFIED', 'ROUTE_NOT_FOUND', 'PAYLOAD_TOO_LARGE', 'OVERLOADED', 'UNAVAILABLE'),
  },
}

/** Providers send whole objects. */
const webhookBytesMax = 256 * 1024
const applyWithinMs = 5_000

/** POST /v1/webhooks/payments/:provider. Register it in a plugin of its own: there bodies stay as they come. */
export async function takeWebhookRoute(app: Api, { stores, reads, payments }: ApiContext): Promise<void> {
  const { database } = stores
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'buffer' }, ({ headers }, body, done) => {
    if (headers['content-encoding'] === undefined) return done(null, body)
    return done(new UnsupportedBodyError('Send the body uncompressed.'))
  })
  app.post('/v1/webhooks/payments/:provider', { schema, bodyLimit: webhookBytesMax }, async (request, reply) => {
    const { provider } = request.params
    if (payments?.provider.name !== provider) {
      return sendProblem(reply, 'ROUTE_NOT_FOUND', { detail: 'This service takes no webhooks of this provider.' })
    }
    const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)
    const read = payments.provider.readWebhook(body, request.headers)
    if (read.kind === 'NOT_VERIFIED') return sendProblem(reply, 'WEBHOOK_NOT_VERIFIED')
    if (read.kind === 'OTHER') return reply.send({ outcome: 'ignored' })
    const { eventId, fact } = read
    const apply = () => applyPayment(database, { provider, eventId, ...fact })
    const outcome = await reads.runWithin(apply, applyWithinMs, 'Postgres')
    if (outcome === 'unknown' && fact.kind === 'succeeded') {
      const detail = { provider, eventId, amount: fact.amount, currency: fact.currency }
      request.log.error(detail, 'money came for a payment that is none of ours; look for it at the provider')
      await recordAuditEvent(database, { actor: 'api', action: 'unknown payment', detail })
    }
    return reply.send({ outcome })
  })
}
