import type { Database } from './connect.ts'

/** What a rebuild, a sweep or an audit needs to know of an item. Units are counts; `persisted` are units of active orders. */
export interface ItemRow {
  readonly itemId: number
  readonly saleId: number
  readonly total: number
  readonly persisted: number
  readonly purchaseLimit: number
  readonly epoch: number
  readonly state: 'live' | 'paused' | 'closed'
  readonly opensAtMs: number
  readonly closesAtMs: number
  /** Its sale is over and both stores had closed their books; nothing was changed since. */
  readonly isSettled: boolean
}

const itemColumns = { sale: true } as const

/** The current epoch of each of these items that exists. */
export async function readEpochs(database: Database, itemIds: readonly number[]): Promise<Map<number, number>> {
  const rows = await database.saleItem.findMany({
    where: { id: { in: [...itemIds] } },
    select: { id: true, epoch: true },
  })
  return new Map(rows.map((row) => [row.id, row.epoch]))
}

/** Of each of these items that exists: its current epoch, and its sale's duplicate window. */
export async function readKnownItems(
  database: Database,
  itemIds: readonly number[],
): Promise<Map<number, { epoch: number; duplicateWindowMs: number }>> {
  const rows = await database.saleItem.findMany({
    where: { id: { in: [...itemIds] } },
    select: { id: true, epoch: true, sale: { select: { duplicateWindowMs: true } } },
  })
  return new Map(rows.map(({ id, epoch, sale }) => [id, { epoch, ...sale }]))
}

/** One item with its sale's state and window, or null. */
export async function readItem(database: Database, itemId: number): Promise<ItemRow | null> {
  const row = await database.saleItem.findUnique({ where: { id: itemId }, include: itemColumns })
  return row && toItemRow(row)
}

/** Makes the caller the item's only exclusive writer in Postgres: every earlier fence is refused from now on. */
export async function takeFence(database: Database, itemId: number): Promise<bigint | null> {
  const rows = await database.$queryRaw<{ fence: bigint }[]>`
    UPDATE sale_items SET fence = fence + 1 WHERE id = ${itemId} RETURNING fence`
  return rows[0]?.fence ?? null
}

/**
 * Raises the epoch past every making of the ledger so far, as the holder of `fence`; null when the fence is another's.
 * Waits for a persist in flight; persists of an older epoch that come later are stale.
 */
export async function raiseEpoch(
  database: Database,
  itemId: number,
  fence: bigint,
  ledgerEpoch: number,
): Promise<number | null> {
  const rows = await database.$queryRaw<{ epoch: number }[]>`
    UPDATE sale_items SET epoch = greatest(epoch, ${ledgerEpoch}::int) + 1
    WHERE id = ${itemId} AND fence = ${fence}::bigint RETURNING epoch`
  return rows[0]?.epoch ?? null
}

function toItemRow(row: {
  id: number
  saleId: number
  total: number
  persisted: number
  purchaseLimit: number
  epoch: number
  settledAt: Date | null
  sale: { state: ItemRow['state']; opensAt: Date; closesAt: Date }
}): ItemRow {
  const { id, saleId, total, persisted, purchaseLimit, epoch, settledAt, sale } = row
  const { state } = sale
  const window = { opensAtMs: sale.opensAt.getTime(), closesAtMs: sale.closesAt.getTime() }
  return { itemId: id, saleId, total, persisted, purchaseLimit, epoch, state, ...window, isSettled: settledAt !== null }
}
