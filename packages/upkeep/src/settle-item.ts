import { readItem } from '@flash-sale/database/items'
import { markSettled } from '@flash-sale/database/unsettled-items'
import { settleLedger } from '@flash-sale/stock/change-ledger'
import { holdItem, type HeldItem } from './hold-item.ts'
import type { Stores } from './stores.ts'

/**
 * Closes the books of an ended sale's item in both stores: the ledger first, which then takes nothing any more, then the note in
 * Postgres that nobody has to look at the item again. Held by lease and fence like a rebuild, so neither is written after another
 * holder took over. False when the books are not closed yet, or not equal, or another has settled the item before. Rejects as
 * `holdItem` does.
 */
export async function settleItem(stores: Stores, itemId: number, waitMs: number): Promise<boolean> {
  const { redis, database } = stores
  const settle = async ({ owner, fence }: HeldItem): Promise<boolean> => {
    const item = await readItem(database, itemId)
    if (!item) return false
    const { total, persisted, returningUnits, birth, epoch } = item
    // The ledger would get them after its books are closed.
    if (returningUnits > 0) return false
    const change = await settleLedger(redis, { itemId, owner, birth, epoch }, { total, available: total - persisted })
    return change === 'CHANGED' && (await markSettled(database, itemId, fence))
  }
  const isNeeded = async () => (await readItem(database, itemId))?.isSettled === false
  return (await holdItem(stores, itemId, 'settlement', waitMs, settle, isNeeded)) ?? false
}
