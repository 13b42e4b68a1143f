import { randomBytes, randomUUID } from 'node:crypto'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { SimulatedEvent, SimulatedPayment } from '@flash-sale/payments/simulated-provider'
import { fastify, type FastifyReply } from 'fastify'
import { Type } from 'typebox'
import { createBooks, type BookedPayment, type Books } from './books.ts'
import { createDeliveries } from './deliver-webhooks.ts'
import { lateMs, payPage } from './pay-page.ts'

export interface SimulatedPaymentsOptions {
  /** Default: any free port. */
  readonly port?: number
  readonly host?: string
  /** `whsec_` and base64. Default: a random one. */
  readonly secret?: string
}

/** How the provider tells of a payment. */
export interface Telling {
  /** In ms. Default: at once. */
  readonly afterMs?: number
  /** How often, all at the same time. Default: once. 0: never. */
  readonly times?: number
}

export interface SimulatedPayments {
  readonly url: string
  readonly secret: string
  readonly books: Books
  /** The address of the API. Webhooks wait until it is known. */
  tellTo(apiUrl: string): void
  /** Where its page leads back to, if the API does not say so. Default: the API, which serves the shop too. */
  leadBackTo(shopUrl: string): void
  /** Pays as a person would, or with another amount or currency than was asked for. */
  pay(paymentId: string, how?: Telling & { readonly amount?: number; readonly currency?: string }): void
  /** Fails as a person's card would. */
  fail(paymentId: string, how?: Telling): void
  /** The next `count` calls of the API are done, and their answers are lost. */
  loseAnswers(count: number): void
  close(): Promise<void>
}

const OpenBody = Type.Object({
  paymentId: Type.String(),
  amount: Type.Integer({ minimum: 1 }),
  currency: Type.String(),
  description: Type.String(),
  payBy: Type.String(),
  returnUrl: Type.Optional(Type.String()),
})
const RefundBody = Type.Object({ refundKey: Type.String(), paymentId: Type.String(), amount: Type.Integer() })
const RefParams = Type.Object({ ref: Type.String() })

/** As other providers, this one takes money a little longer than the shop asks for it. In ms. */
const closesAfterMs = 600_000

/** A new secret, as webhooks of this provider are signed with. */
function makeSecret(): string {
  return `whsec_${randomBytes(32).toString('base64')}`
}

/** Starts a payment provider that takes no money: its API, its pay page, and its webhooks. */
export async function startSimulatedPayments(options: SimulatedPaymentsOptions = {}): Promise<SimulatedPayments> {
  const { port = 0, host = '127.0.0.1', secret = makeSecret() } = options
  const books = createBooks()
  const deliveries = createDeliveries(secret)
  let answersToLose = 0
  let apiUrl: string | undefined
  let shopUrl: string | undefined
  const app = fastify({ forceCloseConnections: true }).withTypeProvider<TypeBoxTypeProvider>()
  // The buttons of the page send an empty form.
  app.addContentTypeParser('application/x-www-form-urlencoded', (_request, _payload, done) => done(null, {}))

  app.register(async (api) => {
    api.addHook('onRequest', async (request, reply) => {
      if (request.headers.authorization === `Bearer ${secret}`) return undefined
      return reply.code(401).send({ error: 'wrong secret' })
    })
    api.addHook('onSend', async (request) => {
      if (answersToLose <= 0) return
      answersToLose -= 1
      request.raw.socket.destroy()
    })
    const typed = api.withTypeProvider<TypeBoxTypeProvider>()
    typed.post('/payments', { schema: { body: OpenBody } }, async ({ body: { returnUrl, payBy, ...asked } }) =>
      viewOf(books.open({ ...asked, returnUrl, closesAtMs: Date.parse(payBy) + closesAfterMs })),
    )
    typed.get('/payments/:ref', { schema: { params: RefParams } }, async ({ params }, reply) => {
      const payment = books.find(params.ref)
      return payment ? viewOf(payment) : reply.code(404).send({ error: 'no such payment' })
    })
    typed.post('/refunds', { schema: { body: RefundBody } }, async ({ body }) => {
      const state = books.refund(body)
      return state === 'done' ? { state } : { state, reason: 'nobody paid' }
    })
  })

  app.get('/pay/:ref', { schema: { params: RefParams } }, async ({ params }, reply) => {
    const payment = books.find(params.ref)
    if (!payment) return reply.code(404).send('There is no such payment. Begin it again in the shop.')
    return reply.type('text/html; charset=utf-8').send(payPage(payment, shopUrl ?? apiUrl))
  })
  for (const [action, state, telling] of [
    ['succeed', 'succeeded', {}],
    ['fail', 'failed', {}],
    ['succeed-late', 'succeeded', { afterMs: lateMs }],
  ] as const) {
    app.post(
      `/pay/:ref/${action}`,
      { schema: { params: RefParams } },
      async ({ params }, reply): Promise<FastifyReply> => {
        const payment = books.find(params.ref)
        if (payment) decide(payment, state, telling)
        return reply.redirect(`/pay/${encodeURIComponent(params.ref)}`, 303)
      },
    )
  }

  const url = await app.listen({ port, host })

  function viewOf({ ref, paymentId, amount, currency, state }: BookedPayment): SimulatedPayment {
    return { ref, url: `${url}/pay/${ref}`, paymentId, amount, currency, state }
  }

  /** What is decided stays so. */
  function decide(payment: BookedPayment, state: 'succeeded' | 'failed', telling: Telling): void {
    if (payment.state !== 'open') return
    payment.state = state
    const event: SimulatedEvent = { type: `payment.${state}`, data: viewOf(payment) }
    deliveries.deliver({ eventId: `evt_${randomUUID()}`, body: JSON.stringify(event), ...telling })
  }

  function find(paymentId: string): BookedPayment {
    const payment = books.findById(paymentId)
    if (!payment) throw new Error(`there is no payment ${paymentId}`)
    return payment
  }

  return {
    url,
    secret,
    books,
    tellTo(address) {
      apiUrl = address
      deliveries.tellTo(new URL('/v1/webhooks/payments/simulated', address).href)
    },
    leadBackTo: (address) => void (shopUrl = address),
    pay(paymentId, { amount, currency, ...telling } = {}) {
      const payment = find(paymentId)
      if (payment.state !== 'open') return
      payment.amount = amount ?? payment.amount
      payment.currency = currency ?? payment.currency
      decide(payment, 'succeeded', telling)
    },
    fail: (paymentId, telling = {}) => decide(find(paymentId), 'failed', telling),
    loseAnswers: (count) => void (answersToLose = count),
    async close() {
      await deliveries.close()
      await app.close()
    },
  }
}
