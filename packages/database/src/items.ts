import type { Database } from './connect.ts'

/** What a rebuild, a sweep or an audit needs to know of an item. Units are counts; `persisted` are units of active orders. */
export interface ItemRow {
  readonly itemId: number
  readonly saleId: number
  /** Who it is, whatever its number was before: 64 bits in decimal. */
  readonly birth: string
  readonly total: number
  /** How often the total was changed. */
  readonly totalVersion: number
  readonly persisted: number
  /** Units of ended orders of which it is not known that the ledger has them back. */
  readonly returningUnits: number
  /** How many of its orders have ended. */
  readonly endedCount: number
  readonly purchaseLimit: number
  readonly epoch: number
  readonly state: 'live' | 'paused' | 'closed'
  readonly opensAtMs: number
  readonly closesAtMs: number
  /** Its sale is over and both stores had closed their books; nothing was changed since. */
  readonly isSettled: boolean
}

/** The current epoch of each of these items that exists. */
export async function readEpochs(database: Database, itemIds: readonly number[]): Promise<Map<number, number>> {
  const rows = await database.saleItem.findMany({
    where: { id: { in: [...itemIds] } },
    select: { id: true, epoch: true },
  })
  return new Map(rows.map((row) => [row.id, row.epoch]))
}

/** Of each of these items that exists: its birth, its current epoch, and its sale's duplicate window. */
export async function readKnownItems(
  database: Database,
  itemIds: readonly number[],
): Promise<Map<number, { birth: string; epoch: number; duplicateWindowMs: number }>> {
  const rows = await database.saleItem.findMany({
    where: { id: { in: [...itemIds] } },
    select: { id: true, birth: true, epoch: true, sale: { select: { duplicateWindowMs: true } } },
  })
  return new Map(rows.map(({ id, birth, epoch, sale }) => [id, { birth: String(birth), epoch, ...sale }]))
}

/** The items whose sale is on, or opens within `aheadMs`: at most `countMax`, those that opened last, or open soon, before others. */
export async function readItemsOnSale(
  database: Database,
  { aheadMs, countMax }: { readonly aheadMs: number; readonly countMax: number },
): Promise<Pick<ItemRow, 'itemId' | 'birth' | 'epoch'>[]> {
  return database.$queryRaw`
    SELECT i.id AS "itemId", i.birth::text AS birth, i.epoch
    FROM sale_items i JOIN sales s ON s.id = i.sale_id
    WHERE s.closes_at > now() AND s.opens_at <= now() + ${aheadMs}::float8 * interval '1 ms' AND s.state <> 'closed'
    ORDER BY s.opens_at DESC, i.id LIMIT ${countMax}::int`
}

/** One item with its sale's state and window, or null. One statement: a rebuild asks it while nothing is sold. */
export async function readItem(database: Database, itemId: number): Promise<ItemRow | null> {
  const rows = await database.$queryRaw<ItemRow[]>`
    SELECT i.id AS "itemId", i.sale_id AS "saleId", i.birth::text AS birth, i.total, i.total_version AS "totalVersion", i.persisted,
      i.returning_units AS "returningUnits", i.end_version AS "endedCount", i.purchase_limit AS "purchaseLimit", i.epoch,
      s.state, extract(epoch FROM s.opens_at)::float8 * 1000 AS "opensAtMs",
      extract(epoch FROM s.closes_at)::float8 * 1000 AS "closesAtMs", i.settled_at IS NOT NULL AS "isSettled"
    FROM sale_items i JOIN sales s ON s.id = i.sale_id WHERE i.id = ${itemId}`
  return rows[0] ?? null
}

/** Makes the caller the item's only exclusive writer in Postgres: every earlier fence is refused from now on. */
export async function takeFence(database: Database, itemId: number): Promise<bigint | null> {
  const rows = await database.$queryRaw<{ fence: bigint }[]>`
    UPDATE sale_items SET fence = fence + 1 WHERE id = ${itemId} RETURNING fence`
  return rows[0]?.fence ?? null
}

/** What a rebuild claims with: who the item is, and which Redis belongs to this database. */
export interface RebuildFacts {
  readonly birth: string
  readonly epoch: number
  readonly total: number
  readonly totalVersion: number
  readonly endedCount: number
  /** How many orders it has, whatever came of them; null: 2,000 or more. */
  readonly fewOrders: number | null
  readonly deploymentId: string
  readonly redisId: string | null
  readonly redisRun: string | null
}

/** Reads all of it at one instant; null for an unknown item. */
export async function readRebuildFacts(database: Database, itemId: number): Promise<RebuildFacts | null> {
  const rows = await database.$queryRaw<RebuildFacts[]>`
    SELECT i.birth::text AS birth, i.epoch, i.total, i.total_version AS "totalVersion", i.end_version AS "endedCount",
      (SELECT nullif(count(*), 2000)::int FROM (SELECT FROM orders WHERE item_id = i.id LIMIT 2000) o) AS "fewOrders",
      d.id::text AS "deploymentId", d.redis_id::text AS "redisId", d.redis_run AS "redisRun"
    FROM sale_items i CROSS JOIN deployment d WHERE i.id = ${itemId}`
  return rows[0] ?? null
}

/** What of an item's row a ledger may know better. Times are milliseconds since 1970. */
export interface ForgottenFacts {
  readonly total: number
  readonly totalVersion: number
  readonly purchaseLimit: number
  readonly opensAtMs: number
  readonly closesAtMs: number
  /** Undefined: as Postgres has it. */
  readonly state: ItemRow['state'] | undefined
}

const statesSellingMoreThan = { live: [], paused: ['live'], closed: ['live', 'paused'] } as const

/** By what right a holder writes an item's row: its fence, and the birth of the item that it holds. */
interface HolderClaim {
  readonly fence: bigint
  readonly birth: string
}

/**
 * Brings back into Postgres what it forgot of an item and of its sale, as its holder; false when the fence or the item is another's. A
 * total of a version that Postgres has left behind stays forgotten. A sale goes only to a state in which it sells less: what people decided
 * after a restore stands.
 */
export async function restoreFacts(
  database: Database,
  itemId: number,
  { fence, birth }: HolderClaim,
  facts: ForgottenFacts,
): Promise<boolean> {
  return database.$transaction(async (statements) => {
    const restored = await statements.$queryRaw<{ saleId: number }[]>`
      UPDATE sale_items SET
        total = CASE WHEN ${facts.totalVersion}::int >= total_version THEN greatest(total, ${facts.total}::int) ELSE total END,
        purchase_limit = ${facts.purchaseLimit}::int,
        total_version = greatest(total_version, ${facts.totalVersion}::int)
      WHERE id = ${itemId} AND fence = ${fence}::bigint AND birth = ${birth}::bigint RETURNING sale_id AS "saleId"`
    if (!restored[0]) return false
    const { opensAtMs, closesAtMs, state } = facts
    const { saleId: id } = restored[0]
    await statements.sale.update({
      where: { id },
      data: { opensAt: new Date(opensAtMs), closesAt: new Date(closesAtMs) },
    })
    if (state)
      await statements.sale.updateMany({
        where: { id, state: { in: [...statesSellingMoreThan[state]] } },
        data: { state },
      })
    return true
  })
}

/**
 * Raises the epoch past every making of the ledger so far, as the item's holder; null when the fence or the item is another's.
 * Waits for a persist in flight; persists of an older epoch that come later are stale.
 */
export async function raiseEpoch(
  database: Database,
  itemId: number,
  { fence, birth }: HolderClaim,
  ledgerEpoch: number,
): Promise<number | null> {
  const rows = await database.$queryRaw<{ epoch: number }[]>`
    UPDATE sale_items SET epoch = greatest(epoch, ${ledgerEpoch}::int) + 1
    WHERE id = ${itemId} AND fence = ${fence}::bigint AND birth = ${birth}::bigint RETURNING epoch`
  return rows[0]?.epoch ?? null
}
