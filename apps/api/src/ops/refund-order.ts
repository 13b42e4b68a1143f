import { ActHeadersWithReason } from '@flash-sale/contract/ops'
import { OrderParams } from '@flash-sale/contract/orders'
import { RefundOrderBody, RefundView } from '@flash-sale/contract/payments'
import { cancelOrders } from '@flash-sale/database/end-orders'
import { readRefund, refundPaidOrder } from '@flash-sale/database/refunds'
import { giveBackAtOnce } from '@flash-sale/upkeep/give-back-at-once'
import type { Api, ApiContext } from '../api-context.ts'
import { partsOfOrderId } from '../orders/look-up-order.ts'
import { problemAnswers } from '../problems/problem-answers.ts'
import { opsAnswer } from './ops-answer.ts'
import { performAct } from './perform-act.ts'
import { viewRefund } from './view-refund.ts'

const schema = {
  operationId: 'refundOrder',
  summary: 'Cancel a paid order and give its money back',
  description: [
    'The order is cancelled at once; the worker has the provider give the money back, and tries again until it has (`GET /v1/ops/refunds`).',
    'The units are sold again only if asked. `Act-Reason` says why.',
  ].join('\n'),
  tags: ['ops'],
  security: [{ ops: [] }],
  params: OrderParams,
  headers: ActHeadersWithReason,
  body: RefundOrderBody,
  response: {
    200: RefundView,
    ...problemAnswers(
      'INVALID_REQUEST',
      'UNAUTHORIZED',
      'FORBIDDEN',
      'ORDER_NOT_FOUND',
      'ORDER_NOT_PAID',
      'PAYLOAD_TOO_LARGE',
      'UNSUPPORTED_MEDIA_TYPE',
      'KEY_CONFLICT',
      'BUSY',
      'OVERLOADED',
      'UNAVAILABLE',
    ),
  },
}

/** POST /v1/ops/orders/:orderId/refund */
export function refundOrderRoute(app: Api, { stores }: ApiContext): void {
  const { database } = stores
  app.post('/v1/ops/orders/:orderId/refund', { schema }, async (request, reply) => {
    const id = partsOfOrderId(request.params.orderId)
    const sellAgain = request.body.returnUnits ?? false
    return performAct<{ paymentId: string }>(stores, request, reply, {
      act: async (remember) => {
        if (!id) return { problem: 'ORDER_NOT_FOUND' }
        const { uuid: orderId, itemId } = id
        return database.$transaction(async (statements) => {
          const cancellation = { from: ['paid'], sellAgain, detail: { by: 'ops' } } as const
          const [ended] = await cancelOrders(statements, itemId, [orderId], cancellation)
          if (ended?.kind !== 'ENDED') return refusalOf(ended)
          const paymentId = await refundPaidOrder(statements, orderId)
          // Rolls the cancellation back.
          if (paymentId === undefined) throw new Error(`the order ${orderId} is paid, and no payment paid it`)
          const event = { actor: 'ops', action: 'refund', itemId, detail: { orderId, paymentId, sellAgain } } as const
          return remember(statements, { paymentId }, event)
        })
      },
      answer: async ({ paymentId }) => {
        if (id) {
          await giveBackAtOnce(stores, id.itemId, id.uuid, (error) => {
            request.log.warn({ err: error, itemId: id.itemId }, 'the units of a refunded order are left to the sweep')
          })
        }
        const refund = await opsAnswer(readRefund(database, paymentId))
        if (!refund) throw new Error(`the refund of the payment ${paymentId} is gone`)
        return { status: 200, body: viewRefund(refund) }
      },
    })
  })
}

/** An order that is only in the outbox is not paid either. */
function refusalOf(ended: Awaited<ReturnType<typeof cancelOrders>>[number] | undefined) {
  if (ended?.kind !== 'KEPT') return { problem: 'ORDER_NOT_FOUND' } as const
  return {
    problem: 'ORDER_NOT_PAID',
    extras: { detail: `The order is ${ended.status}. Only a paid order can be refunded.` },
  } as const
}
