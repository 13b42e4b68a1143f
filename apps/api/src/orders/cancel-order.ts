import { OrderParams, OrderView } from '@flash-sale/contract/orders'
import { recordAuditEvent } from '@flash-sale/database/audit-events'
import type { Statements } from '@flash-sale/database/connect'
import { cancelOrders, type EndedOrder } from '@flash-sale/database/end-orders'
import { readOrder } from '@flash-sale/database/read-orders'
import { giveBackAtOnce } from '@flash-sale/upkeep/give-back-at-once'
import type { FastifyBaseLogger, FastifyReply } from 'fastify'
import type { Api, ApiContext } from '../api-context.ts'
import { saidIn, type SaidByOperator } from '../ops/read-operator.ts'
import { takeNoBody } from '../ops/take-no-body.ts'
import { problemAnswers } from '../problems/problem-answers.ts'
import { sendProblem } from '../problems/send-problem.ts'
import { createWaitForCommit } from './committed-orders.ts'
import { lookUpOrder, partsOfOrderId, viewOfRow } from './look-up-order.ts'

const schema = {
  operationId: 'cancelOrder',
  summary: 'Cancel an order',
  description: [
    'Ends a confirmed order, by its buyer or an operator. Its units are sold again, and count against the purchase limit no more. To cancel a',
    'cancelled order again changes nothing and gets the same answer. An order that was just accepted is cancelled once it is stored, which',
    'the call waits for. A paid order is not cancelled by this call. Of an operator, `Operator-Name` and `Act-Reason` go into the audit trail.',
  ].join('\n'),
  tags: ['orders'],
  security: [{ buyer: [] }, { ops: [] }],
  params: OrderParams,
  response: {
    200: OrderView,
    ...problemAnswers(
      'INVALID_REQUEST',
      'UNAUTHORIZED',
      'ORDER_NOT_FOUND',
      'ORDER_PAID',
      'ORDER_ENDED',
      'OVERLOADED',
      'ORDER_NOT_STORED_YET',
      'UNAVAILABLE',
    ),
  },
}

const lookUpWithinMs = 3_000
const endWithinMs = 5_000
/** Healthy workers store an order within milliseconds; one whose ring was lost within three seconds. */
const storedWithinMs = 4_000

type Cancelled = OrderView | 'ORDER_PAID' | 'ORDER_ENDED' | 'ORDER_NOT_FOUND'

/** POST /v1/orders/:orderId/cancel */
export function cancelOrderRoute(app: Api, context: ApiContext): void {
  const { stores, reads, stopping } = context
  const { database } = stores
  const waitForCommit = createWaitForCommit(database, stopping)

  app.post('/v1/orders/:orderId/cancel', { schema, preHandler: takeNoBody }, async (request, reply) => {
    const said = request.ops ? saidIn(request) : undefined
    const id = partsOfOrderId(request.params.orderId)
    if (!id) return sendProblem(reply, 'ORDER_NOT_FOUND')
    const found = await reads.runWithin(() => lookUpOrder(context, id), lookUpWithinMs, 'the order look-up')
    if (found === 'NOT_KNOWABLE') return sendProblem(reply, 'UNAVAILABLE', { orderId: id.uuid })
    if (found === 'ABSENT' || (!request.ops && found.buyer !== request.buyer)) {
      return sendProblem(reply, 'ORDER_NOT_FOUND')
    }
    if (found.view.status === 'accepted') {
      // Postgres ends orders, and a worker brings them there: so units come back in one way only.
      const stored = await waitForCommit(id.uuid, storedWithinMs, goneSignalOf(reply))
      if (typeof stored === 'string') return sendProblem(reply, 'ORDER_NOT_STORED_YET', { orderId: id.uuid })
    }
    const cancelling = () => cancel(id, said, request.log)
    const cancelled = await reads.runWithin(cancelling, endWithinMs, 'the cancellation')
    if (typeof cancelled === 'string') return sendProblem(reply, cancelled, { orderId: id.uuid })
    return reply.send(cancelled)
  })

  /** `said`: by the operator who cancels; undefined if the buyer does. */
  async function cancel(
    { uuid, itemId }: { readonly uuid: string; readonly itemId: number },
    said: SaidByOperator | undefined,
    log: FastifyBaseLogger,
  ): Promise<Cancelled> {
    const ended = await (said ? endAndRecord(itemId, uuid, said) : end(database, itemId, uuid, 'buyer'))
    if (ended?.kind === 'KEPT' && ended.status !== 'cancelled') {
      return ended.status === 'paid' ? 'ORDER_PAID' : 'ORDER_ENDED'
    }
    if (ended?.kind === 'ENDED') {
      await giveBackAtOnce(stores, itemId, uuid, (error) => {
        log.warn({ err: error, itemId }, 'the units of a cancelled order are left to the sweep')
      })
    }
    const row = await readOrder(database, uuid)
    return row ? viewOfRow(row) : 'ORDER_NOT_FOUND'
  }

  /** An operator's cancellation is in the audit trail. */
  function endAndRecord(itemId: number, orderId: string, said: SaidByOperator): Promise<EndedOrder | undefined> {
    return database.$transaction(async (statements) => {
      const ended = await end(statements, itemId, orderId, 'operator')
      const event = { actor: 'ops', action: 'cancel', itemId, detail: { orderId, ...said } } as const
      if (ended?.kind === 'ENDED') await recordAuditEvent(statements, event)
      return ended
    })
  }
}

async function end(
  statements: Statements,
  itemId: number,
  orderId: string,
  by: 'buyer' | 'operator',
): Promise<EndedOrder | undefined> {
  const cancellation = { from: ['confirmed'], sellAgain: true, detail: { by } } as const
  const [ended] = await cancelOrders(statements, itemId, [orderId], cancellation)
  return ended
}

function goneSignalOf(reply: FastifyReply): AbortSignal {
  const gone = new AbortController()
  reply.raw.once('close', () => gone.abort())
  return gone.signal
}
