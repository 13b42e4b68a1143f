import { readItem } from '@flash-sale/database/items'
import { setLedgerState } from '@flash-sale/stock/change-ledger'
import { holdItem } from './hold-item.ts'
import type { Stores } from './stores.ts'

/**
 * Brings an item's ledger to the state that its sale has in Postgres, read while the item is held, so that the last of several
 * operators wins in both stores. False when the ledger could not be changed now; a rebuild or the sweep then brings it about.
 */
export async function applySaleState(stores: Stores, itemId: number, waitMs: number): Promise<boolean> {
  const { redis, database } = stores
  const changed = await holdItem(stores, itemId, 'state change', waitMs, async ({ owner }) => {
    const item = await readItem(database, itemId)
    if (!item) return false
    const { birth, epoch, state } = item
    return (await setLedgerState(redis, { itemId, owner, birth, epoch }, state)) === 'CHANGED'
  })
  return changed ?? false
}
