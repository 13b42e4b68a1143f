import { randomInt, randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'

/** Inserts one confirmed order of the item and returns its id. */
export async function insertOrder(client: Client, itemId: number, orderId: string = randomUUID()): Promise<string> {
  await client.query(
    `INSERT INTO orders (id, item_id, buyer, quantity, status, accepted_at, confirmed_at)
     VALUES ($1, $2, 'ann', 1, 'confirmed', now(), clock_timestamp())`,
    [orderId, itemId],
  )
  return orderId
}

/** Changes an order's status as the functions do that change it: its row first, then the event, in one statement's commit. */
export async function changeOrder(client: Client, orderId: string, status: 'paid' | 'cancelled'): Promise<void> {
  await client.query(
    `WITH changed AS (UPDATE orders SET status = $2::order_status WHERE id = $1 RETURNING id, item_id)
     INSERT INTO order_events (order_id, item_id, status) SELECT id, item_id, $2::order_status FROM changed`,
    [orderId, status],
  )
}

export async function connectWriter(databaseUrl: string): Promise<Client> {
  const client = new Client({ connectionString: databaseUrl })
  // A test may cut the connection off.
  client.on('error', () => undefined)
  await client.connect()
  return client
}

/**
 * One of several writers: transactions of a few orders, which stay open for a random time, so that they commit in another order than they
 * took their numbers. Some are rolled back, and some orders are paid and cancelled later.
 */
export async function writeAtRandom(databaseUrl: string, itemId: number, transactionCount: number): Promise<void> {
  const client = await connectWriter(databaseUrl)
  try {
    for (let i = 0; i < transactionCount; i += 1) {
      await client.query('BEGIN')
      const orderIds: string[] = []
      for (let n = randomInt(1, 4); n > 0; n -= 1) orderIds.push(await insertOrder(client, itemId))
      await sleep(randomInt(0, 15))
      const isKept = randomInt(8) > 0
      await client.query(isKept ? 'COMMIT' : 'ROLLBACK')
      if (!isKept) continue
      const [orderId = ''] = orderIds
      for (const status of ['paid', 'cancelled'] as const) {
        if (randomInt(2) === 0) break
        await client.query('BEGIN')
        await changeOrder(client, orderId, status)
        await sleep(randomInt(0, 5))
        await client.query('COMMIT')
      }
    }
  } finally {
    await client.end()
  }
}

/** Every change that Postgres holds, in no particular order, as `order.status`. */
export async function storedChanges(databaseUrl: string): Promise<string[]> {
  const client = await connectWriter(databaseUrl)
  try {
    const { rows } = await client.query<{ change: string }>(`
      SELECT id || '.' || CASE WHEN status = 'rejected' THEN 'rejected' ELSE 'confirmed' END AS change FROM orders
      UNION ALL SELECT order_id || '.' || status FROM order_events`)
    return rows.map(({ change }) => change)
  } finally {
    await client.end()
  }
}

const rank = { confirmed: 0, rejected: 0, paid: 1, cancelled: 2, expired: 2 } as const

/** How a reader's changes break I13: missed, told twice, or told before an earlier change of the same order. */
export function breachesOf(read: readonly string[], stored: readonly string[]): string[] {
  const seen = new Set<string>()
  const lastRank = new Map<string, number>()
  const breaches: string[] = []
  for (const change of read) {
    const [orderId = '', status = 'confirmed'] = change.split('.')
    if (seen.has(change)) breaches.push(`twice: ${change}`)
    seen.add(change)
    const ownRank = rank[status as keyof typeof rank]
    if (ownRank < (lastRank.get(orderId) ?? 0)) breaches.push(`too late: ${change}`)
    lastRank.set(orderId, ownRank)
  }
  return [...breaches, ...stored.filter((change) => !seen.has(change)).map((change) => `missed: ${change}`)]
}
