import { idMax } from '@flash-sale/contract/fields'
import type { OrderView } from '@flash-sale/contract/orders'
import { readOrder, type OrderRow } from '@flash-sale/database/read-orders'
import { hasLedger } from '@flash-sale/stock/missing-items'
import { parseOrderUuid, type OrderId } from '@flash-sale/stock/order-id'
import type { RememberedOrder } from '@flash-sale/stock/packed-order'
import { findOrder } from '@flash-sale/stock/read-ledger'
import type { ApiContext } from '../api-context.ts'

export interface LookedUp {
  readonly buyer: string
  readonly view: OrderView
}

/** The parts of an order's id; undefined if the item number is out of range, since no such order exists. */
export function partsOfOrderId(orderId: string): (OrderId & { itemId: number }) | undefined {
  const id = parseOrderUuid(orderId)
  return id && id.itemId >= 1 && id.itemId <= idMax ? id : undefined
}

/**
 * Looks an order up in Postgres, then in the ledger. Postgres comes first, so that no answer is older than an earlier answer from a row
 * (I8). Only a loaded ledger of the current epoch may say that an order does not exist (I7).
 */
export async function lookUpOrder(
  { stores, readRedis, ledgers, unsettle }: ApiContext,
  id: OrderId & { itemId: number },
): Promise<LookedUp | 'ABSENT' | 'NOT_KNOWABLE'> {
  const row = await readOrder(stores.database, id.uuid)
  if (row) return { buyer: row.buyer, view: viewOfRow(row) }
  const known = await ledgers.find(id.itemId)
  // Postgres may have been restored from before the item's sale: then only Redis knows the item, and its orders.
  if (!known) return (await hasLedger(readRedis, id.itemId)) ? 'NOT_KNOWABLE' : 'ABSENT'
  const { epoch } = known
  const remembered = await findOrder(readRedis, id.itemId, known, id.short)
  if (isRemembered(remembered)) return { buyer: remembered.buyer, view: viewOfRemembered(id, remembered) }
  // The order is not in the ledger, or the ledger has another epoch than this process knew. Postgres says which epoch is current.
  const current = await ledgers.refresh(id.itemId)
  if (!current) return 'ABSENT'
  if (remembered === 'ABSENT' && current.epoch === epoch) return 'ABSENT'
  const again = await findOrder(readRedis, id.itemId, current, id.short)
  if (isRemembered(again)) return { buyer: again.buyer, view: viewOfRemembered(id, again) }
  if (again === 'ABSENT') return 'ABSENT'
  unsettle(id.itemId)
  return 'NOT_KNOWABLE'
}

function isRemembered(answer: Awaited<ReturnType<typeof findOrder>>): answer is RememberedOrder {
  return answer !== 'ABSENT' && !('kind' in answer)
}

/** The view of a stored order. */
export function viewOfRow(row: OrderRow): OrderView {
  const { orderId, itemId, quantity, status, acceptedAt, confirmedAt, payBy, replaces, reason } = row
  return {
    orderId,
    itemId,
    quantity,
    status,
    number: Number(row.number),
    acceptedAt: acceptedAt.toISOString(),
    ...(confirmedAt && { confirmedAt: confirmedAt.toISOString() }),
    ...(payBy && { payBy: payBy.toISOString() }),
    ...(replaces !== null && { replaces }),
    ...(reason !== null && { reason }),
  }
}

function viewOfRemembered(id: OrderId & { itemId: number }, order: RememberedOrder): OrderView {
  const status = order.standing === 'refused' ? 'rejected' : 'accepted'
  const acceptedAt = new Date(order.acceptedAtMs).toISOString()
  return { orderId: id.uuid, itemId: id.itemId, quantity: order.quantity, status, acceptedAt }
}
