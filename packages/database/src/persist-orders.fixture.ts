import type { OrderToPersist } from './persist-orders.ts'

/** An item and its orders in the plain model. */
export interface PlainItem {
  readonly total: number
  readonly purchaseLimit: number
  readonly rows: Map<string, PlainRow>
}

export interface PlainRow {
  readonly buyer: string
  readonly quantity: number
  readonly reason: string | null
}

type PlainOrder = Pick<OrderToPersist, 'orderId' | 'buyer' | 'quantity' | 'refused'>

/** Units that active orders take: of one buyer, or of all. */
export function unitsTaken(item: PlainItem, buyer?: string): number {
  let units = 0
  for (const row of item.rows.values()) {
    if (row.reason === null && (buyer === undefined || row.buyer === buyer)) units += row.quantity
  }
  return units
}

/**
 * Models `persist_orders()`, one order after the other. An order fits if it fits together with all orders before it in the batch, including
 * the refused ones, so that a batch never takes too much.
 */
export function persistPlainly(item: PlainItem, admitted: boolean, batch: readonly PlainOrder[]): string[] {
  const before = new Map(item.rows)
  const takenBefore = unitsTaken(item)
  const heldBefore = new Map(batch.map(({ buyer }) => [buyer, unitsTaken(item, buyer)]))
  const askedByBuyer = new Map<string, number>()
  let askedInLimit = 0
  const seen = new Set<string>()
  const isNew = ({ orderId, refused }: PlainOrder) => {
    const isFirst = !seen.has(orderId)
    seen.add(orderId)
    // A refused order takes nothing, so it needs no claim.
    return isFirst && (admitted || refused !== undefined) && !item.rows.has(orderId)
  }
  for (const order of batch) {
    if (!isNew(order)) continue
    let reason: string | null = order.refused ?? null
    if (!order.refused) {
      const asked = (askedByBuyer.get(order.buyer) ?? 0) + order.quantity
      askedByBuyer.set(order.buyer, asked)
      const inLimit = heldBefore.get(order.buyer)! + asked <= item.purchaseLimit
      if (inLimit) askedInLimit += order.quantity
      if (!inLimit) reason = 'LIMIT_REACHED'
      else if (takenBefore + askedInLimit > item.total) reason = 'SOLD_OUT'
    }
    item.rows.set(order.orderId, { buyer: order.buyer, quantity: order.quantity, reason })
  }
  return batch.map((order) => outcomeOf(order, item.rows.get(order.orderId), before.has(order.orderId)))
}

function outcomeOf(order: PlainOrder, row: PlainRow | undefined, wasKnown: boolean): string {
  if (!row) return 'stale'
  if (row.buyer !== order.buyer || row.quantity !== order.quantity) return 'conflict'
  if (row.reason === null) return 'confirmed'
  return wasKnown || order.refused ? 'rejected' : 'LEDGER_WRONG'
}
