import type { Database } from './connect.ts'

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** Those of these orders (UUIDs in lower case) that have no row. What is no UUID has none. */
export async function findLackingOrders(database: Database, orderIds: readonly string[]): Promise<Set<string>> {
  const asked = orderIds.filter((orderId) => uuid.test(orderId))
  const rows = await database.$queryRaw<{ orderId: string }[]>`
    SELECT a.id::text AS "orderId" FROM unnest(${asked}::uuid[]) AS a(id)
    WHERE NOT EXISTS (SELECT FROM orders o WHERE o.id = a.id)`
  const noUuids = orderIds.filter((orderId) => !uuid.test(orderId))
  return new Set([...rows.map(({ orderId }) => orderId), ...noUuids])
}
