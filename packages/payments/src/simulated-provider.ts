import { Webhook } from 'standardwebhooks'
import { Type, type Static } from 'typebox'
import { Value } from 'typebox/value'
import {
  providerAnswerMs,
  ProviderError,
  type PaymentFact,
  type PaymentProvider,
  type ReadPayment,
  type Refunded,
} from './payment-provider.ts'

export interface SimulatedOptions {
  /** Where the simulated provider is, for example `http://127.0.0.1:4010`. */
  readonly url: string
  /** Signs its webhooks (Standard Webhooks), and opens its calls to us. */
  readonly secret: string
  readonly fetch?: typeof fetch
}

/** A payment as the simulated provider shows it, and sends it as the `data` of a webhook. */
export const SimulatedPayment = Type.Object({
  ref: Type.String(),
  url: Type.String(),
  paymentId: Type.String(),
  amount: Type.Integer(),
  currency: Type.String(),
  state: Type.Enum(['open', 'succeeded', 'failed']),
})
export type SimulatedPayment = Static<typeof SimulatedPayment>

export const SimulatedRefund = Type.Object({
  state: Type.Enum(['done', 'refused']),
  reason: Type.Optional(Type.String()),
})
export type SimulatedRefund = Static<typeof SimulatedRefund>

export const SimulatedEvent = Type.Object({ type: Type.String(), data: SimulatedPayment })
export type SimulatedEvent = Static<typeof SimulatedEvent>

/** The provider for development and tests. It is a program of its own: tools/simulated-payments. */
export function createSimulatedProvider({ url, secret, fetch: send = fetch }: SimulatedOptions): PaymentProvider {
  const webhook = new Webhook(secret)

  async function call(method: 'GET' | 'POST', path: string, body?: object): Promise<unknown> {
    const answer = await send(new URL(path, url), {
      method,
      headers: { authorization: `Bearer ${secret}`, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(providerAnswerMs),
    }).catch((error: unknown) => {
      throw new ProviderError(`The simulated provider does not answer: ${String(error)}`)
    })
    if (!answer.ok) throw new ProviderError(`The simulated provider answered ${answer.status}`)
    return answer.json()
  }

  return {
    name: 'simulated',
    refusalOf: () => undefined,

    async open({ paymentId, amount, currency, description, payBy, returnUrl }) {
      const asked = { paymentId, amount, currency, description, payBy: payBy.toISOString(), returnUrl }
      const opened = parsed(SimulatedPayment, await call('POST', '/payments', asked))
      return { providerRef: opened.ref, url: opened.url }
    },

    async read(providerRef): Promise<ReadPayment> {
      const payment = parsed(SimulatedPayment, await call('GET', `/payments/${encodeURIComponent(providerRef)}`))
      return factOf(payment) ?? { kind: 'open' }
    },

    async refund({ refundKey, paymentId, amount }): Promise<Refunded> {
      const refund = parsed(SimulatedRefund, await call('POST', '/refunds', { refundKey, paymentId, amount }))
      if (refund.state === 'done') return { kind: 'DONE' }
      return { kind: 'REFUSED', reason: refund.reason ?? 'no reason' }
    },

    readWebhook(body, headers) {
      const eventId = headers['webhook-id']
      let told: unknown
      try {
        told = webhook.verify(body, textHeaders(headers))
      } catch {
        return { kind: 'NOT_VERIFIED' }
      }
      if (typeof eventId !== 'string' || !Value.Check(SimulatedEvent, told))
        return { kind: 'OTHER', type: 'unreadable' }
      const fact = factOf(told.data)
      return fact ? { kind: 'FACT', eventId, fact } : { kind: 'OTHER', type: told.type }
    },
  }
}

function factOf({ state, paymentId, ref, amount, currency }: SimulatedPayment): PaymentFact | undefined {
  return state === 'open' ? undefined : { kind: state, paymentId, providerRef: ref, captureRef: ref, amount, currency }
}

function parsed<Schema extends typeof SimulatedPayment | typeof SimulatedRefund>(
  schema: Schema,
  value: unknown,
): Static<Schema> {
  if (!Value.Check(schema, value)) throw new ProviderError('The simulated provider answered what cannot be read')
  return value
}

function textHeaders(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).filter((pair): pair is [string, string] => typeof pair[1] === 'string'),
  )
}
