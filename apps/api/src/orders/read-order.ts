import { OrderParams, OrderView } from '@flash-sale/contract/orders'
import type { Api, ApiContext } from '../api-context.ts'
import { problemAnswers } from '../problems/problem-answers.ts'
import { sendProblem } from '../problems/send-problem.ts'
import { lookUpOrder, partsOfOrderId } from './look-up-order.ts'

const schema = {
  operationId: 'readOrder',
  summary: 'Read an order',
  description: "Every process knows the order as soon as it is accepted. Another buyer's order is not found.",
  tags: ['orders'],
  security: [{ buyer: [] }, { ops: [] }],
  params: OrderParams,
  response: {
    200: OrderView,
    ...problemAnswers('INVALID_REQUEST', 'UNAUTHORIZED', 'ORDER_NOT_FOUND', 'OVERLOADED', 'UNAVAILABLE'),
  },
}

const readWithinMs = 3_000

/** GET /v1/orders/:orderId */
export function readOrderRoute(app: Api, context: ApiContext): void {
  app.get('/v1/orders/:orderId', { schema }, async (request, reply) => {
    const id = partsOfOrderId(request.params.orderId)
    if (!id) return sendProblem(reply, 'ORDER_NOT_FOUND')
    const found = await context.reads.runWithin(() => lookUpOrder(context, id), readWithinMs, 'the order look-up')
    if (found === 'NOT_KNOWABLE') return sendProblem(reply, 'UNAVAILABLE', { orderId: id.uuid })
    if (found === 'ABSENT' || (!request.ops && found.buyer !== request.buyer)) {
      return sendProblem(reply, 'ORDER_NOT_FOUND')
    }
    return reply.send(found.view)
  })
}
