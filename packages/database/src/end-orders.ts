import type { StoredOrderStatus } from '@flash-sale/contract/order-statuses'
import type { Prisma } from './generated/client.ts'
import type { Database, Statements } from './connect.ts'

/** What came of an order: `ENDED` just now; `KEPT`: it has a status that this end may not follow; or the item has no such order. */
export type EndedOrder =
  | { readonly kind: 'ENDED' }
  | { readonly kind: 'KEPT'; readonly status: StoredOrderStatus }
  | { readonly kind: 'ABSENT' }

/** How orders are cancelled. */
export interface Cancellation {
  /** The statuses that may be left. A buyer's order is cancelled before it is paid. */
  readonly from: readonly ('confirmed' | 'paid')[]
  /** Whether the units are sold again. If not, the item's total is lowered by them. */
  readonly sellAgain: boolean
  /** What the events of the orders tell besides. */
  readonly detail: Prisma.InputJsonObject
}

/** End at most this many orders a call: as many as `release.lua` takes. */
export const endBatchSizeMax = 1_024

/**
 * Cancels orders of one item (UUIDs, at most `endBatchSizeMax`) in one commit. The outcomes are in the order of `orderIds`. The units of an
 * order that ended are returning until `giveBack` of upkeep has given them back. Repeating is harmless.
 */
export async function cancelOrders(
  statements: Statements,
  itemId: number,
  orderIds: readonly string[],
  { from, sellAgain, detail }: Cancellation,
): Promise<EndedOrder[]> {
  const rows = await statements.$queryRaw<EndedRow[]>`
    SELECT asked_id::text AS "orderId", outcome FROM end_orders(${itemId}::int, 'cancelled', ${from}::order_status[],
      ${orderIds}::uuid[], NULL, ${sellAgain}::boolean, ${JSON.stringify(detail)}::jsonb)`
  const outcomes = new Map(rows.map(({ orderId, outcome }) => [orderId, outcome]))
  return orderIds.map((orderId) => endedOrderOf(outcomes.get(orderId.toLowerCase()) ?? 'absent'))
}

interface EndedRow {
  orderId: string
  outcome: string
}

function endedOrderOf(outcome: string): EndedOrder {
  if (outcome === 'ended') return { kind: 'ENDED' }
  if (outcome === 'absent') return { kind: 'ABSENT' }
  return { kind: 'KEPT', status: outcome as StoredOrderStatus }
}

/** Expires the orders of an item that are due by the database's clock, the oldest first, at most `countMax`. Returns their UUIDs. */
export async function expireDueOrders(database: Database, itemId: number, countMax: number): Promise<string[]> {
  const rows = await database.$queryRaw<EndedRow[]>`
    SELECT asked_id::text AS "orderId", outcome FROM end_orders(${itemId}::int, 'expired', '{confirmed}', NULL,
      ${countMax}::int, true, '{"by": "clock"}')`
  return rows.filter(({ outcome }) => outcome === 'ended').map(({ orderId }) => orderId)
}

/**
 * Whether any order is unpaid, due or not, or returning: the one question that a worker asks each second while no sale asks for payment, and no
 * order ends. Costs a look into each of two indexes that hold only such orders.
 */
export async function hasOrdersToEnd(database: Database): Promise<boolean> {
  const [found] = await database.$queryRaw<[{ isFound: boolean }]>`
    SELECT (SELECT item_id FROM orders WHERE status = 'confirmed' AND due_at IS NOT NULL ORDER BY item_id, due_at LIMIT 1) IS NOT NULL
      OR EXISTS (SELECT FROM returning_orders) AS "isFound"`
  return found.isFound
}

/** The items that have due orders, by the database's clock. Costs one look into an index for each item with unpaid orders. */
export async function listItemsWithDueOrders(database: Database): Promise<number[]> {
  const rows = await database.$queryRaw<{ itemId: number }[]>`
    WITH RECURSIVE oldest AS (
      (SELECT item_id, due_at FROM orders WHERE status = 'confirmed' AND due_at IS NOT NULL ORDER BY item_id, due_at LIMIT 1)
      UNION ALL
      SELECT next.* FROM oldest CROSS JOIN LATERAL (
        SELECT item_id, due_at FROM orders
        WHERE status = 'confirmed' AND due_at IS NOT NULL AND item_id > oldest.item_id ORDER BY item_id, due_at LIMIT 1
      ) next
    )
    SELECT item_id AS "itemId" FROM oldest WHERE due_at <= clock_timestamp() ORDER BY due_at`
  return rows.map(({ itemId }) => itemId)
}
