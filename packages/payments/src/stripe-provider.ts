import { Stripe } from 'stripe'
import {
  providerAnswerMs,
  ProviderError,
  type PaymentFact,
  type PaymentProvider,
  type PaymentToOpen,
  type ReadPayment,
  type Refunded,
  type RefundToMake,
} from './payment-provider.ts'
import { stripeRefusalOf } from './stripe-prices.ts'

export interface StripeOptions {
  readonly secretKey: string
  /** The secret of the webhook endpoint: `whsec_...`. */
  readonly webhookSecret: string
  /** Sends the requests. Default: Stripe's own, over the network. */
  readonly fetch?: typeof fetch
}

type Session = Stripe.Checkout.Session

/** Stripe takes no shorter life of a page than 30 minutes, counted when the request arrives. */
const pageLifeMinMs = 35 * 60_000
/** And no longer one than 24 hours. */
const pageLifeMaxMs = 23 * 3_600_000

/** Events of a Checkout session after which its payment is decided. Of `completed` the session says whether the money is there. */
const sessionEvents = new Set([
  'checkout.session.completed',
  'checkout.session.async_payment_succeeded',
  'checkout.session.async_payment_failed',
  'checkout.session.expired',
])

/**
 * Stripe by its Checkout page. The session carries our payment id in its metadata; the payment intent is what a refund names.
 */
export function createStripeProvider({ secretKey, webhookSecret, fetch }: StripeOptions): PaymentProvider {
  const stripe = new Stripe(secretKey, {
    httpClient: Stripe.createFetchHttpClient(fetch),
    timeout: providerAnswerMs,
    maxNetworkRetries: 0,
    telemetry: false,
  })

  return {
    name: 'stripe',
    refusalOf: stripeRefusalOf,

    async open(payment) {
      const session = await asked(
        stripe.checkout.sessions.create(sessionParams(payment), { idempotencyKey: `open-${payment.paymentId}` }),
      )
      if (!session.url) throw new ProviderError('Stripe opened a session without a page')
      return { providerRef: session.id, url: session.url }
    },

    async read(providerRef): Promise<ReadPayment> {
      const session = await asked(stripe.checkout.sessions.retrieve(providerRef))
      return factOf(session) ?? { kind: 'open' }
    },

    async refund(refund) {
      const paymentIntent = refund.captureRef ?? (await findPaymentIntent(refund.providerRef))
      if (paymentIntent === undefined) return { kind: 'REFUSED', reason: 'Stripe has no money of this payment' }
      if (refund.isRepeated) {
        const earlier = await findRefund(paymentIntent, refund.refundKey)
        if (earlier) return refundedOf(earlier)
      }
      return makeRefund(paymentIntent, refund)
    },

    readWebhook(body, headers) {
      const signature = headers['stripe-signature']
      if (typeof signature !== 'string') return { kind: 'NOT_VERIFIED' }
      let event: Stripe.Event
      try {
        event = stripe.webhooks.constructEvent(body, signature, webhookSecret)
      } catch {
        return { kind: 'NOT_VERIFIED' }
      }
      const fact = sessionEvents.has(event.type) ? factOf(event.data.object as Session, event.type) : undefined
      return fact ? { kind: 'FACT', eventId: event.id, fact } : { kind: 'OTHER', type: event.type }
    },
  }

  async function findPaymentIntent(sessionId: string | undefined): Promise<string | undefined> {
    if (sessionId === undefined) return undefined
    return idOf((await asked(stripe.checkout.sessions.retrieve(sessionId))).payment_intent)
  }

  async function findRefund(paymentIntent: string, refundKey: string): Promise<Stripe.Refund | undefined> {
    const { data } = await asked(stripe.refunds.list({ payment_intent: paymentIntent, limit: 100 }))
    return data.find(({ metadata }) => metadata?.['refundKey'] === refundKey)
  }

  async function makeRefund(paymentIntent: string, { amount, refundKey, paymentId }: RefundToMake): Promise<Refunded> {
    try {
      const params = { payment_intent: paymentIntent, amount, metadata: { refundKey, paymentId } }
      return refundedOf(await stripe.refunds.create(params, { idempotencyKey: `refund-${refundKey}` }))
    } catch (error) {
      if (isRefundedBefore(error)) {
        // By hand at Stripe, or before Postgres was restored from an older copy. One of ours may still be on its way.
        const earlier = await findRefund(paymentIntent, refundKey)
        return earlier ? refundedOf(earlier) : { kind: 'DONE' }
      }
      if (!isRefusal(error)) throw providerError(error)
      return { kind: 'REFUSED', reason: providerError(error).message }
    }
  }
}

function sessionParams(payment: PaymentToOpen): Stripe.Checkout.SessionCreateParams {
  const { paymentId, orderId, amount, currency, description, begunAt, payBy, returnUrl } = payment
  // Counted from `begunAt`, since the same idempotency key must come with the same values.
  const lifeMs = Math.min(Math.max(payBy.getTime() - begunAt.getTime(), pageLifeMinMs), pageLifeMaxMs)
  return {
    mode: 'payment',
    client_reference_id: paymentId,
    metadata: { paymentId, orderId },
    payment_intent_data: { metadata: { paymentId, orderId } },
    line_items: [
      {
        quantity: 1,
        price_data: { currency: currency.toLowerCase(), unit_amount: amount, product_data: { name: description } },
      },
    ],
    expires_at: Math.floor((begunAt.getTime() + lifeMs) / 1_000),
    ...(returnUrl !== undefined && { success_url: returnUrl, cancel_url: returnUrl }),
  }
}

/** Undefined: it is not decided yet, or it is of another program with the same account. */
function factOf(session: Session, eventType?: string): PaymentFact | undefined {
  const kind = kindOf(session, eventType)
  const paymentId = session.metadata?.['paymentId']
  if (kind === undefined || paymentId === undefined) return undefined
  return {
    kind,
    paymentId,
    providerRef: session.id,
    captureRef: idOf(session.payment_intent),
    amount: session.amount_total ?? 0,
    currency: (session.currency ?? '').toUpperCase(),
  }
}

function kindOf(
  { payment_status: paymentStatus, status }: Session,
  eventType?: string,
): PaymentFact['kind'] | undefined {
  if (paymentStatus === 'paid') return 'succeeded'
  // The session looks as if the money might come yet.
  if (eventType === 'checkout.session.async_payment_failed') return 'failed'
  return status === 'expired' ? 'failed' : undefined
}

function refundedOf({ status, failure_reason: failureReason }: Stripe.Refund): Refunded {
  if (status === 'succeeded') return { kind: 'DONE' }
  if (status === 'failed' || status === 'canceled') return { kind: 'REFUSED', reason: failureReason ?? status }
  return { kind: 'PENDING' }
}

function idOf(expandable: string | { readonly id: string } | null | undefined): string | undefined {
  return typeof expandable === 'string' ? expandable : expandable?.id
}

async function asked<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer
  } catch (error) {
    throw providerError(error)
  }
}

/** Stripe judged the request and did nothing. A wrong key or too many requests may pass. */
function isRefusal(error: unknown): boolean {
  return error instanceof Stripe.errors.StripeInvalidRequestError || error instanceof Stripe.errors.StripeCardError
}

function isRefundedBefore(error: unknown): boolean {
  return error instanceof Stripe.errors.StripeInvalidRequestError && error.code === 'charge_already_refunded'
}

function providerError(error: unknown): ProviderError {
  return new ProviderError(`Stripe: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
}
