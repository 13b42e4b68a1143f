import { readItem } from '@flash-sale/database/items'
import { adopt, reserveBatchSizeLimit } from '@flash-sale/stock/reserve'
import type { WaitingOrder } from '@flash-sale/stock/outbox'
import { applySaleState } from '@flash-sale/upkeep/apply-sale-state'
import type { Stores } from '@flash-sale/upkeep/stores'

export type Adopted = 'ADOPTED' | 'LATER'

/** A settlement takes milliseconds; adoption is tried again anyway. */
const holdWaitMs = 500

/**
 * Brings orders into the current ledger which an older making of it accepted and nobody else knows: the worker that holds
 * them was away while the item was rebuilt. Those that do not fit any more become rejected rows; either way a new outbox entry says so.
 * 'LATER': the ledger takes nothing now (held, not loaded); ask again. A settled item is taken up again first, by holding it: so the
 * settlement cannot be noted any more when the orders come, and the sweep looks at the item until it is settled anew. An order whose id was meanwhile given to another payload cannot be
 * adopted; `onConflict` is told, for a person to look at.
 */
export async function adoptOrders(
  stores: Stores,
  itemId: number,
  orders: readonly WaitingOrder[],
  onConflict: (order: WaitingOrder) => void,
): Promise<Adopted> {
  const item = await readItem(stores.database, itemId)
  if (!item) return 'LATER'
  if (item.isSettled) await applySaleState(stores, itemId, holdWaitMs)
  for (let i = 0; i < orders.length; i += reserveBatchSizeLimit) {
    const batch = orders.slice(i, i + reserveBatchSizeLimit)
    const outcome = await adopt(stores.redis, itemId, { owner: '', epoch: item.epoch, sequence: 0 }, batch)
    if (outcome.kind !== 'JUDGED') return 'LATER'
    for (const [n, order] of batch.entries()) if (outcome.verdicts[n] === 'KEY_CONFLICT') onConflict(order)
  }
  return 'ADOPTED'
}
