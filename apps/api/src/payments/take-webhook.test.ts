import { randomUUID } from 'node:crypto'
import { WebhookTaken } from '@flash-sale/contract/payments'
import { applyPayment } from '@flash-sale/database/payments'
import { judgePayments } from '@flash-sale/kit/judge-payments'
import { Webhook } from 'standardwebhooks'
import { expect, test } from 'vitest'
import { expectProblem, expectSuccess } from '../testing/expect-answer.fixture.ts'
import { withPayingApi } from './paying-api.fixture.ts'

const paying = withPayingApi()

interface Sending {
  readonly eventId?: string
  readonly at?: Date
  readonly secret?: string
  readonly provider?: string
}

/** Sends a webhook as the simulated provider does. */
function send(
  body: unknown,
  { eventId = randomUUID(), at = new Date(), secret, provider = 'simulated' }: Sending = {},
) {
  const payload = JSON.stringify(body)
  return paying.api.app.inject({
    method: 'POST',
    url: `/v1/webhooks/payments/${provider}`,
    headers: {
      'content-type': 'application/json',
      'webhook-id': eventId,
      'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
      'webhook-signature': new Webhook(secret ?? paying.simulated.secret).sign(eventId, at, payload),
    },
    payload,
  })
}

/** Begins a payment whose money came, but the provider has told nothing. Returns what the provider would tell. */
async function payUntold(orderId: string) {
  const { paymentId } = await paying.begin(orderId, 'ann')
  paying.simulated.pay(paymentId, { times: 0 })
  return { type: 'payment.succeeded', data: { ...paying.simulated.books.findById(paymentId)!, url: '' } }
}

async function taken(...sending: Parameters<typeof send>): Promise<string> {
  return expectSuccess(await send(...sending), 200, WebhookTaken).outcome
}

function violations() {
  return judgePayments(paying.simulated.books, paying.stores.database.url)
}

test('a webhook is answered once the order is paid, and fifty of them at once pay it once', async () => {
  const { itemId } = await paying.createItem()
  const orderId = await paying.confirm(itemId, 'ann')
  const told = await payUntold(orderId)
  const eventId = randomUUID()
  const outcomes = await Promise.all(Array.from({ length: 50 }, () => taken(told, { eventId })))
  expect(outcomes.toSorted()).toEqual(['paid', ...Array<string>(49).fill('repeated')])
  expect(await paying.statusOf(orderId, 'ann')).toBe('paid')
  expect(await violations()).toEqual([])
})

test('webhooks in the wrong order come to the same end', async () => {
  const { itemId } = await paying.createItem()
  const orderId = await paying.confirm(itemId, 'ann')
  const told = await payUntold(orderId)
  expect(await taken(told)).toBe('paid')
  expect(await taken({ type: 'payment.failed', data: { ...told.data, state: 'failed' } })).toBe('known')
  expect(await taken({ type: 'payment.opened', data: { ...told.data, state: 'open' } })).toBe('ignored')
  expect(await paying.statusOf(orderId, 'ann')).toBe('paid')
})

test('a webhook with a wrong, missing or old signature is refused, and changes nothing', async () => {
  const { itemId } = await paying.createItem()
  const orderId = await paying.confirm(itemId, 'ann')
  const told = await payUntold(orderId)
  const secret = `whsec_${Buffer.alloc(32, 1).toString('base64')}`
  expectProblem(await send(told, { secret }), 'WEBHOOK_NOT_VERIFIED')
  expectProblem(await send(told, { at: new Date(Date.now() - 3_600_000) }), 'WEBHOOK_NOT_VERIFIED')
  const url = '/v1/webhooks/payments/simulated'
  expectProblem(await paying.api.app.inject({ method: 'POST', url }), 'WEBHOOK_NOT_VERIFIED')
  expectProblem(await paying.api.app.inject({ method: 'POST', url, payload: told }), 'WEBHOOK_NOT_VERIFIED')
  expect(await paying.statusOf(orderId, 'ann')).toBe('confirmed')
  expect(await taken(told)).toBe('paid')
})

test('a webhook of a provider that is not set up is not found', async () => {
  expectProblem(await send({}, { provider: 'stripe' }), 'ROUTE_NOT_FOUND')
  expectProblem(await send({}, { provider: 'nobody' }), 'ROUTE_NOT_FOUND')
})

test('a genuine webhook that cannot be read is taken and ignored', async () => {
  expect(await taken({ type: 'payout.made' })).toBe('ignored')
  expect(await taken([])).toBe('ignored')
})

test('money for a payment that is none of ours is in the audit trail', async () => {
  const data = { ref: 'x', url: '', paymentId: randomUUID(), amount: 5, currency: 'EUR', state: 'succeeded' }
  expect(await taken({ type: 'payment.succeeded', data })).toBe('unknown')
  const event = await paying.api.stores.database.auditEvent.findFirst({ where: { action: 'unknown payment' } })
  expect(event?.detail).toMatchObject({ provider: 'simulated', amount: 5 })
})

test('unknown money is in the audit trail, though the process that took its webhook first died after the commit', async () => {
  const { database } = paying.api.stores
  const data = { ref: 'x', url: '', paymentId: randomUUID(), amount: 7, currency: 'EUR', state: 'succeeded' }
  const eventId = randomUUID()
  const told = { provider: 'simulated', eventId, kind: 'succeeded', ...data, providerRef: 'x' } as const
  expect(await applyPayment(database, told)).toBe('unknown')
  expect(await taken({ type: 'payment.succeeded', data }, { eventId })).toBe('unknown')
  const events = await database.auditEvent.findMany({ where: { action: 'unknown payment' } })
  expect(events.map(({ detail }) => detail)).toContainEqual(expect.objectContaining({ eventId, amount: 7 }))
})

test('two clients that mark an expired order as paid leave it expired, and the money is late once', async () => {
  const { itemId } = await paying.createItem()
  const orderId = await paying.confirm(itemId, 'ann')
  const told = await payUntold(orderId)
  const { database } = paying.api.stores
  await database.order.update({ where: { id: orderId }, data: { status: 'expired' } })
  const outcomes = await Promise.all([taken(told), taken(told)])
  expect(outcomes.toSorted()).toEqual(['known', 'late'])
  expect(await paying.statusOf(orderId, 'ann')).toBe('expired')
  await database.payment.deleteMany({ where: { orderId } })
})
