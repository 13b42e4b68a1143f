import type { StoredOrderStatus } from '@flash-sale/contract/order-statuses'
import type { Redis } from 'ioredis'
import { Client } from 'pg'
import type { StoredItem, StoredLedger, StoredOrder } from './history.ts'

/** Whether orders of a status take units. The table is repeated here, so that the checker does not trust the code under test. */
export const takesUnits = {
  confirmed: true,
  paid: true,
  cancelled: false,
  expired: false,
  rejected: false,
} as const satisfies Record<StoredOrderStatus, boolean>

const activeStatuses = Object.entries(takesUnits).flatMap(([status, takes]) => (takes ? [status] : []))

/**
 * Reads an item from both stores by plain SQL and plain Redis commands, without the code under test. The result is of one instant only if
 * the stores are at rest.
 */
export async function readStoredItem(redis: Redis, databaseUrl: string, itemId: number): Promise<StoredItem> {
  const ledger = await readStoredLedger(redis, itemId)
  const client = new Client({ connectionString: databaseUrl })
  await client.connect()
  try {
    const items = await client.query<ItemColumns>(
      'SELECT total, persisted, returning_units, purchase_limit FROM sale_items WHERE id = $1',
      [itemId],
    )
    const orders = await client.query<Omit<StoredOrder, 'replaces'> & { readonly replaces: string | null }>(
      `SELECT id::text AS "orderId", buyer, quantity, status::text = ANY($2) AS active,
         status = 'rejected' AS rejected, status IN ('cancelled', 'expired') AS returned, replaces::text
       FROM orders WHERE item_id = $1 ORDER BY number`,
      [itemId, activeStatuses],
    )
    const quotas = await client.query<{ buyer: string; units: number }>(
      'SELECT buyer, units FROM buyer_quota WHERE item_id = $1',
      [itemId],
    )
    const [item] = items.rows
    if (!item) throw new Error(`there is no item ${itemId}`)
    return {
      total: item.total,
      purchaseLimit: item.purchase_limit,
      persistedUnits: item.persisted,
      returningUnits: item.returning_units,
      quotas: quotas.rows,
      rows: orders.rows.map(({ replaces, ...row }) => ({ ...row, replaces: replaces ?? undefined })),
      ledger,
    }
  } finally {
    await client.end()
  }
}

interface ItemColumns {
  readonly total: number
  readonly persisted: number
  readonly returning_units: number
  readonly purchase_limit: number
}

async function readStoredLedger(redis: Redis, itemId: number): Promise<StoredLedger | undefined> {
  const key = (name: string) => `{item:${itemId}}:${name}`
  const [head, replication] = await Promise.all([redis.hgetall(key('ledger')), redis.info('replication')])
  const stamp = /^master_replid:(\w+)/m.exec(replication)?.[1]
  if (head['stamp'] !== stamp || head['state'] === 'rebuilding') return undefined
  const [waitingEntryCount, orders, buyers] = await Promise.all([
    redis.xlen(key('outbox')),
    redis.hgetall(key('orders')),
    redis.hgetall(key('buyers')),
  ])
  return {
    total: Number(head['total']),
    available: Number(head['available']),
    waitingEntryCount,
    orders: Object.entries(orders).filter(isEntry).map(toStoredOrder),
    buyers: Object.entries(buyers)
      .filter(isEntry)
      .map(([buyer, units]) => ({ buyer, units: Number(units) })),
  }
}

/** Whether a field only turns the hash into a real hash table, and holds no order or buyer. */
function isEntry([field]: [string, string]): boolean {
  return field !== '\0'
}

function toStoredOrder([shortId, packed]: [string, string]): StoredOrder {
  const hex = Buffer.from(shortId, 'base64url').toString('hex')
  const orderId = hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
  const [mark, quantity = '', buyer = ''] = /^([-!]?)(\d+):\d+:(.*)$/s.exec(packed)?.slice(1) ?? []
  return { orderId, buyer, quantity: Number(quantity), active: mark === '', returned: mark === '-' }
}
