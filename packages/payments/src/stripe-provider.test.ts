import { Stripe } from 'stripe'
import { expect, test } from 'vitest'
import { ProviderError } from './payment-provider.ts'
import { createStripeProvider } from './stripe-provider.ts'

interface Sent {
  readonly method: string
  readonly path: string
  readonly body: Readonly<Record<string, string>>
  readonly idempotencyKey: string | null
}

/** Stripe without a network: what is sent to it, and what it answers to each call in turn. */
function simulatedStripe(...answers: readonly (object | Error)[]) {
  const sent: Sent[] = []
  const waiting = [...answers]
  const send = async (input: RequestInfo | URL, init?: RequestInit): Promise<Response> => {
    const { pathname, search } = new URL(input instanceof Request ? input.url : input)
    const headers = new Headers(init?.headers)
    const body = Object.fromEntries(new URLSearchParams(typeof init?.body === 'string' ? init.body : ''))
    sent.push({
      method: init?.method ?? 'GET',
      path: pathname + search,
      body,
      idempotencyKey: headers.get('idempotency-key'),
    })
    const answer = waiting.shift()
    if (answer === undefined) throw new Error('Stripe was asked once too often')
    if (answer instanceof Error) throw answer
    return Response.json(answer, { status: 'error' in answer ? 400 : 200 })
  }
  const provider = createStripeProvider({ secretKey: 'sk_test_123', webhookSecret, fetch: send })
  return { sent, provider }
}

const webhookSecret = 'whsec_test_secret'
const begunAt = new Date('2026-11-26T10:00:00Z')
const payment = {
  paymentId: '11111111-2222-4333-8444-555555555555',
  orderId: '66666666-7777-8888-9999-aaaaaaaaaaaa',
  amount: 12_900,
  currency: 'EUR',
  description: 'Order 1',
  begunAt,
  payBy: new Date('2026-11-26T10:10:00Z'),
  returnUrl: 'https://shop.example/',
}

/** A session as Stripe documents it, as far as this service reads it. */
function session(more: object = {}) {
  return {
    id: 'cs_test_1',
    object: 'checkout.session',
    url: 'https://checkout.stripe.com/c/pay/cs_test_1',
    metadata: { paymentId: payment.paymentId, orderId: payment.orderId },
    payment_intent: 'pi_1',
    payment_status: 'unpaid',
    status: 'open',
    amount_total: 12_900,
    currency: 'eur',
    ...more,
  }
}

test('opening a payment makes a Checkout session of the amount, with our payment id as its idempotency key', async () => {
  const { sent, provider } = simulatedStripe(session())
  expect(await provider.open(payment)).toEqual({ providerRef: 'cs_test_1', url: session().url })
  expect(sent).toMatchObject([
    { method: 'POST', path: '/v1/checkout/sessions', idempotencyKey: `open-${payment.paymentId}` },
  ])
  expect(sent[0]!.body).toMatchObject({
    mode: 'payment',
    'metadata[paymentId]': payment.paymentId,
    'line_items[0][quantity]': '1',
    'line_items[0][price_data][currency]': 'eur',
    'line_items[0][price_data][unit_amount]': '12900',
    success_url: 'https://shop.example/',
    // Stripe takes no less than 30 minutes.
    expires_at: String((begunAt.getTime() + 35 * 60_000) / 1_000),
  })
})

test('an opening that got no answer says so, and shows no secret', async () => {
  const { provider } = simulatedStripe(new TypeError('fetch failed'))
  const failure: unknown = await provider.open(payment).catch((error: unknown) => error)
  expect(failure).toBeInstanceOf(ProviderError)
  expect(String(failure)).not.toContain('sk_test_123')
})

test('a session tells whether it is open, paid or over', async () => {
  const { provider } = simulatedStripe(
    session(),
    session({ payment_status: 'paid', status: 'complete' }),
    session({ status: 'expired', payment_intent: null }),
    session({ status: 'complete' }),
  )
  const fact = { paymentId: payment.paymentId, providerRef: 'cs_test_1', amount: 12_900, currency: 'EUR' }
  expect(await provider.read('cs_test_1')).toEqual({ kind: 'open' })
  expect(await provider.read('cs_test_1')).toEqual({ ...fact, kind: 'succeeded', captureRef: 'pi_1' })
  expect(await provider.read('cs_test_1')).toMatchObject({ ...fact, kind: 'failed' })
  // A delayed payment method: the money comes later, or not.
  expect(await provider.read('cs_test_1')).toEqual({ kind: 'open' })
})

const refund = {
  refundKey: `${payment.paymentId}-0`,
  paymentId: payment.paymentId,
  providerRef: 'cs_test_1',
  captureRef: 'pi_1',
  amount: 12_900,
  currency: 'EUR',
  isRepeated: false,
}

test('a refund names its money, and is made once for each key', async () => {
  const { sent, provider } = simulatedStripe({ object: 'refund', id: 're_1', status: 'succeeded' })
  expect(await provider.refund(refund)).toEqual({ kind: 'DONE' })
  expect(sent).toMatchObject([{ method: 'POST', path: '/v1/refunds', idempotencyKey: `refund-${refund.refundKey}` }])
  expect(sent[0]!.body).toMatchObject({
    payment_intent: 'pi_1',
    amount: '12900',
    'metadata[refundKey]': refund.refundKey,
  })
})

test('a refund that is tried again is looked for first, since keys are forgotten after a day', async () => {
  const made = { object: 'refund', id: 're_1', status: 'succeeded', metadata: { refundKey: refund.refundKey } }
  const { sent, provider } = simulatedStripe({ object: 'list', data: [made] })
  expect(await provider.refund({ ...refund, isRepeated: true })).toEqual({ kind: 'DONE' })
  expect(sent).toMatchObject([{ method: 'GET' }])
  const unmade = simulatedStripe({ object: 'list', data: [] }, { object: 'refund', id: 're_1', status: 'pending' })
  expect(await unmade.provider.refund({ ...refund, isRepeated: true })).toEqual({ kind: 'PENDING' })
  expect(unmade.sent.map(({ method }) => method)).toEqual(['GET', 'POST'])
})

test('a refund that Stripe refuses is refused, and one without an answer is not', async () => {
  const { provider } = simulatedStripe(
    { error: { type: 'invalid_request_error', message: 'No such payment_intent' } },
    { object: 'refund', id: 're_1', status: 'failed', failure_reason: 'expired_or_canceled_card' },
    new TypeError('fetch failed'),
  )
  expect(await provider.refund(refund)).toMatchObject({ kind: 'REFUSED', reason: expect.stringContaining('No such') })
  expect(await provider.refund(refund)).toEqual({ kind: 'REFUSED', reason: 'expired_or_canceled_card' })
  await expect(provider.refund(refund)).rejects.toBeInstanceOf(ProviderError)
})

test('money that went back before, by hand or before a restore of Postgres, has gone back', async () => {
  const code = 'charge_already_refunded'
  const error = { type: 'invalid_request_error', code, message: 'Charge ch_1 has already been refunded.' }
  const { provider } = simulatedStripe({ error }, { object: 'list', data: [] })
  expect(await provider.refund(refund)).toEqual({ kind: 'DONE' })
  const ours = { object: 'refund', id: 're_1', status: 'pending', metadata: { refundKey: refund.refundKey } }
  const onItsWay = simulatedStripe({ error }, { object: 'list', data: [ours] })
  expect(await onItsWay.provider.refund(refund)).toEqual({ kind: 'PENDING' })
})

function signed(
  type: string,
  object: object,
  { secret = webhookSecret, timestamp = Math.floor(Date.now() / 1_000) } = {},
) {
  const payload = JSON.stringify({ id: 'evt_1', object: 'event', type, data: { object } })
  const header = new Stripe('sk_test_123').webhooks.generateTestHeaderString({ payload, secret, timestamp })
  return [Buffer.from(payload), { 'stripe-signature': header }] as const
}

test('a signed webhook tells what came of a payment', () => {
  const { provider } = simulatedStripe()
  const paid = session({ payment_status: 'paid', status: 'complete' })
  for (const type of ['checkout.session.completed', 'checkout.session.async_payment_succeeded']) {
    expect(provider.readWebhook(...signed(type, paid))).toEqual({
      kind: 'FACT',
      eventId: 'evt_1',
      fact: {
        kind: 'succeeded',
        paymentId: payment.paymentId,
        providerRef: 'cs_test_1',
        captureRef: 'pi_1',
        amount: 12_900,
        currency: 'EUR',
      },
    })
  }
  const over = signed('checkout.session.expired', session({ status: 'expired' }))
  expect(provider.readWebhook(...over)).toMatchObject({ kind: 'FACT', fact: { kind: 'failed' } })
  const failedLater = signed('checkout.session.async_payment_failed', session({ status: 'complete' }))
  expect(provider.readWebhook(...failedLater)).toMatchObject({ kind: 'FACT', fact: { kind: 'failed' } })
})

test('a genuine webhook that is not about our money tells nothing', () => {
  const { provider } = simulatedStripe()
  const paid = session({ payment_status: 'paid', status: 'complete' })
  expect(provider.readWebhook(...signed('customer.created', { id: 'cus_1' }))).toMatchObject({ kind: 'OTHER' })
  // Completed, but the money comes later.
  expect(provider.readWebhook(...signed('checkout.session.completed', session({ status: 'complete' })))).toMatchObject({
    kind: 'OTHER',
  })
  // Of another program with the same account.
  expect(provider.readWebhook(...signed('checkout.session.completed', { ...paid, metadata: {} }))).toMatchObject({
    kind: 'OTHER',
  })
})

test('a webhook with a wrong, missing or old signature, or with another body, is not verified', () => {
  const { provider } = simulatedStripe()
  const [body, headers] = signed('checkout.session.completed', session())
  const anHourAgo = Math.floor(Date.now() / 1_000) - 3_600
  const wrong: (readonly [Buffer, Record<string, string>])[] = [
    [body, {}],
    [body, { 'stripe-signature': 'nonsense' }],
    [Buffer.from(body.toString().replace('12900', '1')), headers],
    [Buffer.alloc(0), headers],
    signed('checkout.session.completed', session(), { secret: 'whsec_other' }),
    signed('checkout.session.completed', session(), { timestamp: anHourAgo }),
  ]
  for (const [wrongBody, wrongHeaders] of wrong) {
    expect(provider.readWebhook(wrongBody, wrongHeaders)).toEqual({ kind: 'NOT_VERIFIED' })
  }
})
