import { Client } from 'pg'

export interface TestItem {
  readonly total: number
  readonly purchaseLimit: number
  /** The sale asks for payment. Default: it does not. */
  readonly payWithinSeconds?: number
}

const hourMs = 3_600_000

/** Stores an open sale of one item in Postgres alone. Its ledger is missing, as after a loss of Redis. Returns the item's id. */
export async function createTestItem(databaseUrl: string, item: TestItem): Promise<number> {
  const { total, purchaseLimit, payWithinSeconds = null } = item
  const client = new Client({ connectionString: databaseUrl })
  await client.connect()
  try {
    const { rows } = await client.query<{ id: number }>(
      `WITH sale AS (
         INSERT INTO sales (name, opens_at, closes_at, pay_within_seconds, currency)
         VALUES ('Test sale', $1, $2, $5, CASE WHEN $5::int IS NOT NULL THEN 'EUR' END) RETURNING id
       )
       INSERT INTO sale_items (sale_id, sku, name, price_cents, total, purchase_limit, pay_within_seconds)
       SELECT id, 'SKU-' || id, 'Test item', 100, $3, $4, $5 FROM sale RETURNING id`,
      [new Date(Date.now() - hourMs), new Date(Date.now() + hourMs), total, purchaseLimit, payWithinSeconds],
    )
    return rows[0]!.id
  } finally {
    await client.end()
  }
}
