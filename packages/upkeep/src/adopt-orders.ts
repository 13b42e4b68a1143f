import { readItem } from '@flash-sale/database/items'
import { adopt, reserveBatchSizeLimit, type JudgedBatch } from '@flash-sale/stock/reserve'
import type { Making } from '@flash-sale/stock/making'
import type { WaitingOrder } from '@flash-sale/stock/outbox'
import { isOfAnother } from '@flash-sale/stock/read-ledger'
import { applySaleState } from './apply-sale-state.ts'
import type { Stores } from './stores.ts'

/** Orders that were offered together, and what this making of the ledger said of each. */
export interface AdoptedBatch extends Making {
  readonly orders: readonly WaitingOrder[]
  readonly judged: JudgedBatch
}

/** A settlement takes milliseconds; adoption is tried again anyway. */
const holdWaitMs = 500

/**
 * Brings orders into the current ledger which an older making of it accepted and the ledger may not know: the worker that holds
 * them was away while the item was rebuilt, or Redis lost what an API process had accepted. Those that do not fit any more become
 * rejected rows; either way a new outbox entry says so. An order that the ledger knows is REPLAYED. An order whose id was meanwhile
 * given to another payload cannot be adopted: KEY_CONFLICT, for a person to look at.
 * 'LATER': the ledger takes nothing now (held, not loaded); offer all of them again. A settled item is taken up again first, by
 * holding it: so the settlement cannot be noted any more when the orders come, and the sweep looks at the item until it is settled
 * anew. 'ANOTHER_ITEM': nothing was offered, for an item of another birth has this number by now. `birth` is that of the item which
 * accepted the orders, '' when it is not known.
 */
export async function adoptOrders(
  stores: Stores,
  itemId: number,
  birth: string,
  orders: readonly WaitingOrder[],
): Promise<'LATER' | 'ANOTHER_ITEM' | AdoptedBatch[]> {
  const item = await readItem(stores.database, itemId)
  if (!item) return 'LATER'
  if (isOfAnother({ birth }, item.birth)) return 'ANOTHER_ITEM'
  if (item.isSettled) await applySaleState(stores, itemId, holdWaitMs)
  const making = { birth: item.birth, epoch: item.epoch }
  const adopted: AdoptedBatch[] = []
  for (let i = 0; i < orders.length; i += reserveBatchSizeLimit) {
    const batch = orders.slice(i, i + reserveBatchSizeLimit)
    const judged = await adopt(stores.redis, itemId, { ...making, owner: '', sequence: 0 }, batch)
    if (judged.kind !== 'JUDGED') return 'LATER'
    adopted.push({ ...making, orders: batch, judged })
  }
  return adopted
}
