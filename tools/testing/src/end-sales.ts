import { Client } from 'pg'

/** Stores sales of one item each that were over an hour ago, in Postgres only, as `createTestItem` does. Returns the items' ids. */
export async function createEndedItems(databaseUrl: string, count: number): Promise<number[]> {
  return run(databaseUrl, async (client) => {
    const { rows } = await client.query<{ id: number }>(
      `WITH ended AS (
         INSERT INTO sales (name, opens_at, closes_at)
         SELECT 'Ended sale', now() - interval '2 hours', now() - interval '1 hour' FROM generate_series(1, $1) RETURNING id
       )
       INSERT INTO sale_items (sale_id, sku, name, price_cents, total, purchase_limit)
       SELECT id, 'SKU-' || id, 'Test item', 100, 10, 2 FROM ended RETURNING id`,
      [count],
    )
    return rows.map(({ id }) => id)
  })
}

/** Ends the sale of an item a second ago, in Postgres. A ledger that is loaded keeps its own end: set `closesAt` there, or rebuild it. */
export async function endSaleOf(databaseUrl: string, itemId: number): Promise<void> {
  await run(databaseUrl, (client) =>
    client.query(
      `UPDATE sales SET closes_at = now() - interval '1 second'
       WHERE id = (SELECT sale_id FROM sale_items WHERE id = $1)`,
      [itemId],
    ),
  )
}

async function run<T>(databaseUrl: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: databaseUrl })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}
