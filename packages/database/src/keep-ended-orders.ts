import type { Database } from './connect.ts'
import type { OrderToPersist } from './persist-orders.ts'
import { isDataRefused, sqlStateOf } from './sql-state.ts'

interface Holder {
  readonly fence: bigint
  readonly birth: string
}

/**
 * Stores orders (UUIDs) that ended and have no row any more, as cancelled ones that hold no units. Returns false if the fence or the birth is
 * not the item's: nothing more is written then. What Postgres refuses for its data was no order of ours, and is passed over. Repeating is
 * harmless.
 */
export async function keepEndedOrders(
  database: Database,
  itemId: number,
  holder: Holder,
  orders: readonly OrderToPersist[],
): Promise<boolean> {
  try {
    return await keepTogether(database, itemId, holder, orders)
  } catch (error) {
    if (!isDataRefused(sqlStateOf(error))) throw error
    if (orders.length === 1) return true
    const half = Math.ceil(orders.length / 2)
    const isOurs = await keepEndedOrders(database, itemId, holder, orders.slice(0, half))
    return isOurs && (await keepEndedOrders(database, itemId, holder, orders.slice(half)))
  }
}

async function keepTogether(
  database: Database,
  itemId: number,
  { fence, birth }: Holder,
  orders: readonly OrderToPersist[],
): Promise<boolean> {
  const ids = orders.map((order) => order.orderId)
  const buyers = orders.map((order) => order.buyer)
  const quantities = orders.map((order) => order.quantity)
  const acceptedMs = orders.map((order) => order.acceptedAtMs)
  const [row] = await database.$queryRaw<[{ isOurs: boolean }]>`
    WITH item AS (
      SELECT id FROM sale_items
      WHERE id = ${itemId}::int AND fence = ${fence}::bigint AND birth = ${birth}::bigint FOR NO KEY UPDATE
    ), kept AS (
      INSERT INTO orders (id, item_id, buyer, quantity, status, accepted_at, confirmed_at, ended_at)
      SELECT b.id, item.id, buyer, quantity, 'cancelled', to_timestamp(accepted_ms / 1000), clock_timestamp(), clock_timestamp()
      FROM item, unnest(${ids}::uuid[], ${buyers}::text[], ${quantities}::int[], ${acceptedMs}::float8[])
        AS b(id, buyer, quantity, accepted_ms)
      ON CONFLICT (id) DO NOTHING
      RETURNING id, item_id
    ), counted AS (
      UPDATE sale_items SET end_version = end_version + (SELECT count(*) FROM kept)
      WHERE id = ${itemId}::int AND EXISTS (SELECT FROM kept)
    ), told AS (
      INSERT INTO order_events (order_id, item_id, status, detail)
      SELECT id, item_id, 'cancelled', '{"by": "restore"}' FROM kept
    )
    SELECT EXISTS (SELECT FROM item) AS "isOurs"`
  return row.isOurs
}
