import type { Database } from './connect.ts'
import type { ItemRow } from './items.ts'

/** `current`: on sale, opening within a minute, or over for less than one. `later`: all others that are not settled. */
export type ItemTier = 'current' | 'later'

/** The numbers that the ledger of a settled item must have, if it is loaded. Units are counts. */
export type SettledItem = Pick<ItemRow, 'itemId' | 'epoch' | 'total' | 'persisted'>

/**
 * Items that a sweep must look at, in the order of their ids, at most `limit`, after `afterId`. Settled items are left out, unless their
 * sale is on by this database's clock: then another clock was wrong when they were settled.
 */
export function listUnsettledItems(
  database: Database,
  tier: ItemTier,
  afterId: number,
  limit: number,
): Promise<ItemRow[]> {
  return tier === 'current' ? listCurrent(database, afterId, limit) : listLater(database, afterId, limit)
}

function listCurrent(database: Database, afterId: number, limit: number): Promise<ItemRow[]> {
  return database.$queryRaw<ItemRow[]>`
    SELECT i.id AS "itemId", i.sale_id AS "saleId", i.birth::text AS birth, i.total, i.total_version AS "totalVersion", i.persisted,
      i.returning_units AS "returningUnits", i.end_version AS "endedCount", i.purchase_limit AS "purchaseLimit", i.epoch,
      s.state, extract(epoch FROM s.opens_at)::float8 * 1000 AS "opensAtMs",
      extract(epoch FROM s.closes_at)::float8 * 1000 AS "closesAtMs", i.settled_at IS NOT NULL AS "isSettled"
    FROM sales s JOIN sale_items i ON i.sale_id = s.id
    WHERE s.closes_at > now() - interval '1 minute' AND s.opens_at < now() + interval '1 minute' AND s.state <> 'closed'
      AND (i.settled_at IS NULL OR s.closes_at > now()) AND i.id > ${afterId}
    ORDER BY i.id LIMIT ${limit}`
}

function listLater(database: Database, afterId: number, limit: number): Promise<ItemRow[]> {
  return database.$queryRaw<ItemRow[]>`
    SELECT i.id AS "itemId", i.sale_id AS "saleId", i.birth::text AS birth, i.total, i.total_version AS "totalVersion", i.persisted,
      i.returning_units AS "returningUnits", i.end_version AS "endedCount", i.purchase_limit AS "purchaseLimit", i.epoch,
      s.state, extract(epoch FROM s.opens_at)::float8 * 1000 AS "opensAtMs",
      extract(epoch FROM s.closes_at)::float8 * 1000 AS "closesAtMs", false AS "isSettled"
    FROM sale_items i JOIN sales s ON s.id = i.sale_id
    WHERE i.settled_at IS NULL AND i.id > ${afterId}
      AND NOT (s.closes_at > now() - interval '1 minute' AND s.opens_at < now() + interval '1 minute' AND s.state <> 'closed')
    ORDER BY i.id LIMIT ${limit}`
}

/**
 * Records that the books of an item are closed, as the holder of `fence`. Returns false if the fence is another's, if units are returning, or
 * if the sale is not over by this database's clock. Any later change of the item removes the record (trigger sale_items_unsettle).
 */
export async function markSettled(database: Database, itemId: number, fence: bigint): Promise<boolean> {
  const count = await database.$executeRaw`
    UPDATE sale_items i SET settled_at = now() FROM sales s
    WHERE i.id = ${itemId} AND i.fence = ${fence}::bigint AND i.returning_units = 0
      AND s.id = i.sale_id AND (s.state = 'closed' OR s.closes_at <= now())`
  return count === 1
}

/** Settled items in the order of their ids, at most `limit`, after `afterId`. */
export function listSettledItems(database: Database, afterId: number, limit: number): Promise<SettledItem[]> {
  return database.$queryRaw<SettledItem[]>`
    SELECT id AS "itemId", epoch, total, persisted FROM sale_items
    WHERE settled_at IS NOT NULL AND id > ${afterId} ORDER BY id LIMIT ${limit}`
}

/** Makes the sweep look at these items again. It is safe at any time, since it only causes work. */
export async function unsettleItems(database: Database, itemIds: readonly number[]): Promise<void> {
  await database.$executeRaw`
    UPDATE sale_items SET settled_at = NULL WHERE id = ANY(${itemIds}::int[]) AND settled_at IS NOT NULL`
}
