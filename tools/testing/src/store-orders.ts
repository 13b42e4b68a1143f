import { Client } from 'pg'

export interface OrdersToStore {
  readonly count: number
  /** Default: 'confirmed'. */
  readonly status?: 'confirmed' | 'paid' | 'cancelled' | 'expired' | 'rejected'
  /** What the names of the buyers, who have one order each, begin with. */
  readonly prefix?: string
}

/** Stores orders of one unit in Postgres only, with the counters beside them, as if a worker had persisted them. */
export async function storeOrders(
  databaseUrl: string,
  itemId: number,
  { count, status = 'confirmed', prefix = 'buyer' }: OrdersToStore,
): Promise<void> {
  const client = new Client({ connectionString: databaseUrl })
  await client.connect()
  try {
    await client.query(
      `INSERT INTO orders (id, item_id, buyer, quantity, status, accepted_at, confirmed_at)
       SELECT gen_random_uuid(), $1, $3 || '-' || n, 1, $4::order_status, now() - n * interval '1 ms', now()
       FROM generate_series(1, $2::int) n`,
      [itemId, count, prefix, status],
    )
    await client.query(
      `WITH held AS (
         SELECT item_id, buyer, sum(quantity) AS units FROM orders WHERE item_id = $1 AND takes_units(status) GROUP BY 1, 2
       ), item AS (
         UPDATE sale_items SET persisted = (SELECT coalesce(sum(units), 0) FROM held) WHERE id = $1 RETURNING purchase_limit
       )
       INSERT INTO buyer_quota (item_id, buyer, units, purchase_limit) SELECT held.*, purchase_limit FROM held, item
       ON CONFLICT (item_id, buyer) DO UPDATE SET units = EXCLUDED.units`,
      [itemId],
    )
    // The planner is not to take a table for empty that was filled a moment ago.
    await client.query('ANALYZE orders')
  } finally {
    await client.end()
  }
}
