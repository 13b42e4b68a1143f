import { randomUUID } from 'node:crypto'
import { OrderParams } from '@flash-sale/contract/orders'
import { PaymentBegun } from '@flash-sale/contract/payments'
import type { ProblemCode, ProblemExtras } from '@flash-sale/contract/problem'
import { beginPayment, keepOpened, type NotPayable, type OpenPayment } from '@flash-sale/database/payments'
import { ProviderError } from '@flash-sale/payments/payment-provider'
import type { FastifyReply } from 'fastify'
import type { Api, ApiContext } from '../api-context.ts'
import { lookUpOrder, partsOfOrderId } from '../orders/look-up-order.ts'
import { problemAnswers } from '../problems/problem-answers.ts'
import { sendProblem } from '../problems/send-problem.ts'
import { takeNoBody } from '../ops/take-no-body.ts'

const schema = {
  operationId: 'beginPayment',
  summary: 'Begin to pay an order',
  description: [
    'Answers the page of the payment provider. The same payment is answered as long as it is open, so the call may be repeated.',
    'It is paid once the provider has told so: read the order. A payment that began in time may arrive a little after `payBy`.',
  ].join('\n'),
  tags: ['orders'],
  security: [{ buyer: [] }],
  params: OrderParams,
  response: {
    200: PaymentBegun,
    ...problemAnswers(
      'INVALID_REQUEST',
      'UNAUTHORIZED',
      'ORDER_NOT_FOUND',
      'PAYMENTS_OFF',
      'ORDER_PAID',
      'ORDER_ENDED',
      'ORDER_NOT_PAYABLE',
      'ORDER_NOT_STORED_YET',
      'OVERLOADED',
      'UNAVAILABLE',
    ),
  },
}

const beginWithinMs = 3_000

/** POST /v1/orders/:orderId/payments */
export function beginPaymentRoute(app: Api, context: ApiContext): void {
  const { stores, reads, payments, shopUrl } = context
  app.post('/v1/orders/:orderId/payments', { schema, preHandler: takeNoBody }, async (request, reply) => {
    if (!payments) return sendProblem(reply, 'PAYMENTS_OFF')
    const id = partsOfOrderId(request.params.orderId)
    if (!id) return sendProblem(reply, 'ORDER_NOT_FOUND')
    const { provider } = payments
    const { buyer } = request
    const asked = { orderId: id.uuid, buyer, paymentId: randomUUID(), provider: provider.name }
    const begun = await reads.runWithin(() => beginPayment(stores.database, asked), beginWithinMs, 'Postgres')
    if (begun === 'absent') return refuseAbsent(reply, id, buyer)
    if (typeof begun === 'string') return sendProblem(reply, ...refusals[begun])
    try {
      return await reply.send(viewOf(begun, begun.url ?? (await openPage(id.uuid, begun))))
    } catch (error) {
      if (!(error instanceof ProviderError)) throw error
      request.log.warn(
        { reason: error.message, paymentId: begun.paymentId },
        'the payment provider did not open a payment',
      )
      return sendProblem(reply, 'UNAVAILABLE', {
        detail: 'The payment provider does not answer. Try again after the given time.',
      })
    }

    /** Asked again after an answer that was lost, the provider gives the same page. */
    async function openPage(
      orderId: string,
      { paymentId, amount, currency, payBy, createdAt }: OpenPayment,
    ): Promise<string> {
      const opened = await provider.open({
        paymentId,
        orderId,
        amount: Number(amount),
        currency,
        description: `Order ${orderId}`,
        begunAt: createdAt,
        payBy,
        returnUrl: shopUrl,
      })
      await keepOpened(stores.database, paymentId, opened)
      return opened.url
    }
  })

  /** The order may wait in the outbox: then it can be paid in a moment. */
  async function refuseAbsent(
    reply: FastifyReply,
    id: NonNullable<ReturnType<typeof partsOfOrderId>>,
    buyer: string,
  ): Promise<FastifyReply> {
    const found = await reads.runWithin(() => lookUpOrder(context, id), beginWithinMs, 'the order look-up')
    if (found === 'NOT_KNOWABLE') return sendProblem(reply, 'UNAVAILABLE', { orderId: id.uuid })
    if (found === 'ABSENT' || found.buyer !== buyer) return sendProblem(reply, 'ORDER_NOT_FOUND')
    return sendProblem(reply, 'ORDER_NOT_STORED_YET', { orderId: id.uuid })
  }
}

const overDetail = 'The time to pay is over. Order again, while there are units.'

const refusals: Record<Exclude<NotPayable, 'absent'>, [ProblemCode, ProblemExtras?]> = {
  free: ['ORDER_NOT_PAYABLE'],
  due: ['ORDER_ENDED', { detail: overDetail }],
  paid: ['ORDER_PAID', { detail: 'The order is paid already. There is nothing to pay.' }],
  cancelled: ['ORDER_ENDED', { detail: 'The order was cancelled. Order again, while there are units.' }],
  expired: ['ORDER_ENDED', { detail: overDetail }],
  rejected: ['ORDER_ENDED', { detail: 'The order was rejected. There is nothing to pay.' }],
}

function viewOf({ paymentId, amount, currency, payBy }: OpenPayment, url: string): PaymentBegun {
  return { paymentId, amount: Number(amount), currency, url, payBy: payBy.toISOString() }
}
