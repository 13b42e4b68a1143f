import { idMax } from '@flash-sale/contract/fields'
import { OrderParams, OrderView } from '@flash-sale/contract/orders'
import { readOrder, type OrderRow } from '@flash-sale/database/read-orders'
import { answerWithin } from '@flash-sale/runtime/answer-within'
import { parseOrderUuid, type OrderId } from '@flash-sale/stock/order-id'
import type { RememberedOrder } from '@flash-sale/stock/packed-order'
import { findOrder } from '@flash-sale/stock/read-ledger'
import type { Api, ApiContext } from '../api-context.ts'
import { problemAnswers } from '../problems/problem-answers.ts'
import { sendProblem } from '../problems/send-problem.ts'

const schema = {
  summary: 'Read an order',
  description: "Any process can answer it as soon as the order is accepted. Another buyer's order is not found.",
  tags: ['orders'],
  security: [{ buyer: [] }, { ops: [] }],
  params: OrderParams,
  response: { 200: OrderView, ...problemAnswers('INVALID_REQUEST', 'UNAUTHORIZED', 'ORDER_NOT_FOUND', 'UNAVAILABLE') },
}

const readWithinMs = 3_000

/** GET /v1/orders/:orderId */
export function readOrderRoute(app: Api, context: ApiContext): void {
  app.get('/v1/orders/:orderId', { schema }, async (request, reply) => {
    const id = parseOrderUuid(request.params.orderId)
    // An item number that Postgres cannot even be asked about: well formed, and none of ours.
    if (!id || id.itemId < 1 || id.itemId > idMax) return sendProblem(reply, 'ORDER_NOT_FOUND')
    const found = await answerWithin(lookUp(context, id), readWithinMs, 'the order look-up')
    if (found === 'NOT_KNOWABLE') return sendProblem(reply, 'UNAVAILABLE', { orderId: id.uuid })
    if (found === 'ABSENT' || (!request.ops && found.buyer !== request.buyer)) {
      return sendProblem(reply, 'ORDER_NOT_FOUND')
    }
    return reply.send(found.view)
  })
}

interface Found {
  readonly buyer: string
  readonly view: OrderView
}

/**
 * Postgres first: once an answer came from a row, no later one is older (I8). Only a ledger that is loaded, at the current epoch,
 * may say that an order does not exist (I7).
 */
async function lookUp(
  { stores, ledgers }: ApiContext,
  id: OrderId & { itemId: number },
): Promise<Found | 'ABSENT' | 'NOT_KNOWABLE'> {
  const row = await readOrder(stores.database, id.uuid)
  if (row) return { buyer: row.buyer, view: viewOfRow(row) }
  const known = await ledgers.find(id.itemId)
  if (!known) return 'ABSENT'
  const { epoch } = known
  const remembered = await findOrder(stores.redis, id.itemId, known, id.short)
  if (isRemembered(remembered)) return { buyer: remembered.buyer, view: viewOfRemembered(id, remembered) }
  // Not found, or another epoch than we knew. Before anybody is told so, Postgres says which epoch is current.
  const current = await ledgers.refresh(id.itemId)
  if (!current) return 'ABSENT'
  if (remembered === 'ABSENT' && current.epoch === epoch) return 'ABSENT'
  const again = await findOrder(stores.redis, id.itemId, current, id.short)
  if (isRemembered(again)) return { buyer: again.buyer, view: viewOfRemembered(id, again) }
  return again === 'ABSENT' ? 'ABSENT' : 'NOT_KNOWABLE'
}

function isRemembered(answer: Awaited<ReturnType<typeof findOrder>>): answer is RememberedOrder {
  return answer !== 'ABSENT' && !('kind' in answer)
}

function viewOfRow(row: OrderRow): OrderView {
  const { orderId, itemId, quantity, status, acceptedAt, confirmedAt, reason } = row
  return {
    orderId,
    itemId,
    quantity,
    status,
    number: Number(row.number),
    acceptedAt: acceptedAt.toISOString(),
    ...(confirmedAt && { confirmedAt: confirmedAt.toISOString() }),
    ...(reason !== null && { reason }),
  }
}

function viewOfRemembered(id: OrderId & { itemId: number }, order: RememberedOrder): OrderView {
  const status = order.standing === 'refused' ? 'rejected' : 'accepted'
  const acceptedAt = new Date(order.acceptedAtMs).toISOString()
  return { orderId: id.uuid, itemId: id.itemId, quantity: order.quantity, status, acceptedAt }
}
