import { readEpochs } from '@flash-sale/database/items'
import { adopt, reserveBatchSizeLimit } from '@flash-sale/stock/reserve'
import type { WaitingOrder } from '@flash-sale/stock/outbox'
import type { Stores } from '@flash-sale/upkeep/hold-item'

export type Adopted = 'ADOPTED' | 'LATER'

/**
 * Brings orders into the current ledger which an older making of it accepted and nobody else knows: the worker that holds
 * them was away while the item was rebuilt. Those that do not fit any more become rejected rows; either way a new outbox entry says so.
 * 'LATER': the ledger takes nothing now (held, not loaded); ask again. An order whose id was meanwhile given to another payload cannot be
 * adopted; `onConflict` is told, for a person to look at.
 */
export async function adoptOrders(
  { redis, database }: Pick<Stores, 'redis' | 'database'>,
  itemId: number,
  orders: readonly WaitingOrder[],
  onConflict: (order: WaitingOrder) => void,
): Promise<Adopted> {
  const epoch = (await readEpochs(database, [itemId])).get(itemId)
  if (epoch === undefined) return 'LATER'
  for (let i = 0; i < orders.length; i += reserveBatchSizeLimit) {
    const batch = orders.slice(i, i + reserveBatchSizeLimit)
    const outcome = await adopt(redis, itemId, { owner: '', epoch, sequence: 0 }, batch)
    if (outcome.kind !== 'JUDGED') return 'LATER'
    for (const [n, order] of batch.entries()) if (outcome.verdicts[n] === 'KEY_CONFLICT') onConflict(order)
  }
  return 'ADOPTED'
}
