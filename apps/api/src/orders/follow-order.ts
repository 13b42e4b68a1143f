import { isLastStatus, orderStatuses } from '@flash-sale/contract/order-statuses'
import { orderEventName, OrderParams, type OrderView } from '@flash-sale/contract/orders'
import type { Api, ApiContext } from '../api-context.ts'
import { describeHeaders } from '../docs/answer-headers.ts'
import { createEventStreams, eventOf } from '../live/event-streams.ts'
import { problemAnswers } from '../problems/problem-answers.ts'
import { sendProblem } from '../problems/send-problem.ts'
import { createFollowedOrders } from './followed-orders.ts'
import { lookUpOrder, partsOfOrderId } from './look-up-order.ts'

const lastStatuses = orderStatuses.filter((status) => isLastStatus(status, { asksForPayment: true }))

const schema = {
  operationId: 'followOrder',
  summary: 'Follow an order',
  description: [
    'Server-sent events. The event `order` has the order as its data, and comes at once and at each change of its status. The server ends the stream',
    `after a status that ends the order (${lastStatuses.join(', ')}; confirmed too, if the sale asks for no payment), and after ten minutes`,
    'in any case.',
    "Another buyer's order is not found.",
  ].join('\n'),
  tags: ['orders'],
  security: [{ buyer: [] }, { ops: [] }],
  params: OrderParams,
  response: {
    200: {
      description: 'The stream.',
      headers: describeHeaders(['cache-control']),
      content: { 'text/event-stream': { schema: { type: 'string' } } },
    },
    ...problemAnswers('INVALID_REQUEST', 'UNAUTHORIZED', 'ORDER_NOT_FOUND', 'OVERLOADED', 'UNAVAILABLE'),
  },
}

/** Followers of this process at a time. Each holds a socket. */
const streamCountMax = 10_000
const lookUpWithinMs = 3_000
/** A client whose order has not ended then can open another stream. */
const followMsMax = 600_000

/** GET /v1/orders/:orderId/events */
export function followOrderRoute(app: Api, context: ApiContext): void {
  const streams = createEventStreams(app, streamCountMax)
  const orders = createFollowedOrders(context.stores.database)

  app.get('/v1/orders/:orderId/events', { schema, exposeHeadRoute: false }, async (request, reply) => {
    const id = partsOfOrderId(request.params.orderId)
    if (!id) return sendProblem(reply, 'ORDER_NOT_FOUND')
    const found = await context.reads.runWithin(() => lookUpOrder(context, id), lookUpWithinMs, 'the order look-up')
    if (found === 'NOT_KNOWABLE') return sendProblem(reply, 'UNAVAILABLE', { orderId: id.uuid })
    if (found === 'ABSENT' || (!request.ops && found.buyer !== request.buyer)) {
      return sendProblem(reply, 'ORDER_NOT_FOUND')
    }
    const place = streams.take(reply)
    if (!place) {
      const detail =
        'Too many buyers follow their orders. Your order is accepted; read it, or follow it after the given time.'
      return sendProblem(reply, 'OVERLOADED', { detail, orderId: id.uuid })
    }
    const stream = place.open(reply, () => {
      clearTimeout(timer)
      stopFollowing()
    })
    const tell = (view: OrderView) => {
      stream.send(eventOf(orderEventName, view))
      if (isLastStatus(view.status, { asksForPayment: view.payBy !== undefined })) stream.end()
    }
    const timer = setTimeout(() => stream.end(), followMsMax).unref()
    const stopFollowing = orders.follow(id.uuid, found.view.status, tell)
    tell(found.view)
    return reply
  })
}
