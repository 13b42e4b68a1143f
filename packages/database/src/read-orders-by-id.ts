import type { Database } from './connect.ts'
import type { OrderRow } from './read-orders.ts'

/** Those of these orders (UUIDs) that have a row, in any order. */
export function readOrdersById(database: Database, orderIds: readonly string[]): Promise<OrderRow[]> {
  return database.$queryRaw<OrderRow[]>`
    SELECT id::text AS "orderId", number, item_id AS "itemId", buyer, quantity, status::text AS status, reason,
      accepted_at AS "acceptedAt", confirmed_at AS "confirmedAt"
    FROM orders WHERE id = ANY(${orderIds}::uuid[])`
}
