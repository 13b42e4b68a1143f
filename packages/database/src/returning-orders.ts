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
      SELECT id::text AS "orderId", is_withdrawn AS "isWithdrawn" FROM orders
      WHERE id = ANY(${orderIds}::uuid[]) AND item_id = ${itemId} AND is_returning LIMIT ${limit}::int`
  }
  return database.$queryRaw<ReturningOrder[]>`
    SELECT id::text AS "orderId", is_withdrawn AS "isWithdrawn" FROM orders
    WHERE item_id = ${itemId} AND is_returning ORDER BY ended_at LIMIT ${limit}::int`
}

/** The items of which an order has been returning for longer than `forMs`, by the database's clock. */
export async function listReturningItems(database: Database, forMs: number): Promise<number[]> {
  const rows = await database.$queryRaw<{ itemId: number }[]>`
    SELECT item_id AS "itemId" FROM orders
    WHERE is_returning AND ended_at <= clock_timestamp() - ${forMs}::int * interval '1 ms'
    GROUP BY item_id ORDER BY min(ended_at)`
  return rows.map(({ itemId }) => itemId)
}

/** Notes that the ledger has the units of these orders (UUIDs) back. Repeating is harmless. */
export async function noteUnitsBack(database: Database, itemId: number, orderIds: readonly string[]): Promise<void> {
  await database.$queryRaw`SELECT units_are_back(${itemId}::int, ${orderIds}::uuid[])`
}
