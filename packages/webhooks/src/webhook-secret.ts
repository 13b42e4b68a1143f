import { randomBytes } from 'node:crypto'
import { Webhook } from 'standardwebhooks'

/** Standard Webhooks asks for 24 to 64 bytes. */
const secretBytes = 32

/** A new secret in the form of Standard Webhooks: `whsec_` and base64. */
export function createWebhookSecret(): string {
  return `whsec_${randomBytes(secretBytes).toString('base64')}`
}

/** The `webhook-` headers of Standard Webhooks, with one signature for each secret: a receiver may know any of them. */
export function webhookHeaders(id: string, body: string, secrets: readonly string[], now = new Date()) {
  return {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(now.getTime() / 1_000)),
    'webhook-signature': secrets.map((secret) => new Webhook(secret).sign(id, now, body)).join(' '),
  }
}
