import type { Database } from './connect.ts'

/** An ended order of which it is not known that the ledger has its units back. */
export interface ReturningOrder {
  /** UUID. */
  readonly orderId: string
  /** Its units are not sold again: the total was lowered by them. */
  readonly isWithdrawn: boolean
}

/** The returning orders of an item, the oldest first, at most `limit`; of `orderIds` (UUIDs) alone if they are given. */
export function listReturningOrders(
  database: Database,
  itemId: number,
  limit: number,
  orderIds?: readonly string[],
): Promise<ReturningOrder[]> {
  if (orderIds) {
    return database.$queryRaw<ReturningOrder[]>`
      SELECT order_id::text AS "orderId", is_withdrawn AS "isWithdrawn" FROM returning_orders
      WHERE order_id = ANY(${orderIds}::uuid[]) AND item_id + 0 = ${itemId} LIMIT ${limit}::int`
  }
  return database.$queryRaw<ReturningOrder[]>`
    SELECT order_id::text AS "orderId", is_withdrawn AS "isWithdrawn" FROM returning_orders
    WHERE item_id = ${itemId} ORDER BY ended_at LIMIT ${limit}::int`
}

/**
 * The items of which an order has been returning for longer than `forMs`, by the database's clock. Costs one look into an index for each item
 * with returning orders.
 */
export async function listReturningItems(database: Database, forMs: number): Promise<number[]> {
  const rows = await database.$queryRaw<{ itemId: number }[]>`
    WITH RECURSIVE oldest AS (
      (SELECT item_id, ended_at FROM returning_orders ORDER BY item_id, ended_at LIMIT 1)
      UNION ALL
      SELECT next.* FROM oldest CROSS JOIN LATERAL (
        SELECT item_id, ended_at FROM returning_orders
        WHERE item_id > oldest.item_id ORDER BY item_id, ended_at LIMIT 1
      ) next
    )
    SELECT item_id AS "itemId" FROM oldest
    WHERE ended_at <= clock_timestamp() - ${forMs}::int * interval '1 ms' ORDER BY ended_at`
  return rows.map(({ itemId }) => itemId)
}

/** Notes that the ledger has the units of these orders (UUIDs) back. Repeating is harmless. */
export async function noteUnitsBack(database: Database, itemId: number, orderIds: readonly string[]): Promise<void> {
  await database.$queryRaw`SELECT units_are_back(${itemId}::int, ${orderIds}::uuid[])`
}
