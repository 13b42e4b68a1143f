import type { Statements } from '@flash-sale/database/connect'
import { readItem } from '@flash-sale/database/items'
import { setTotal } from '@flash-sale/database/set-total'
import { readRedisTime } from '@flash-sale/runtime/redis-time'
import { setLedgerTotal, type HeldLedger } from '@flash-sale/stock/change-ledger'
import { readLedger } from '@flash-sale/stock/read-ledger'
import { holdItem, HoldLostError } from './hold-item.ts'
import { alignTotal } from './restock-item.ts'
import type { Stores } from './stores.ts'

export type TotalChange =
  /** `pending`: Postgres has it, the ledger does not yet; the sweep finishes it. Until then it only undersells. */
  | { readonly kind: 'CHANGED'; readonly total: number; readonly pending: boolean }
  /** More units than that are taken: by orders, on their way to Postgres or not, and by ended orders whose units are returning. */
  | { readonly kind: 'BELOW_TAKEN'; readonly total: number; readonly takenUnits: number }
  /** `NOT_LOADED`: the ledger cannot be believed now, so nobody knows how many units are taken. Nothing was changed. */
  | { readonly kind: 'SALE_OVER' | 'NOT_LOADED' | 'ITEM_NOT_FOUND' }

/**
 * Sets an item's total while it sells. A lower total comes to the ledger first, which knows what is taken, and then to Postgres; a higher one
 * the other way round. So the ledger never offers what Postgres would refuse. Cut in two, a lower total is as if it had never been, since
 * the sweep brings the ledger to what Postgres says. `onChanged` runs in the transaction that changes the total, with the total before.
 */
export async function changeTotal(
  stores: Stores,
  itemId: number,
  total: number,
  waitMs: number,
  onChanged: (statements: Statements, before: number) => Promise<unknown> = async () => undefined,
): Promise<TotalChange> {
  const { redis, database } = stores
  const changed = await holdItem(stores, itemId, 'restock', waitMs, async ({ owner, fence }): Promise<TotalChange> => {
    const item = await readItem(database, itemId)
    if (!item) return { kind: 'ITEM_NOT_FOUND' }
    const { birth, epoch } = item
    const nowMs = await readRedisTime(redis)
    if (item.state === 'closed' || nowMs >= item.closesAtMs) return { kind: 'SALE_OVER' }
    if (total < item.total) {
      const refusal = await lowerLedger(stores, { itemId, owner, birth, epoch }, { ...item, total })
      if (refusal) return refusal
    }
    const set = await database.$transaction(async (statements) => {
      const result = await setTotal(statements, itemId, fence, total, nowMs)
      if (result === 'SET') await onChanged(statements, item.total)
      return result
    })
    if (set === 'FENCED') throw new HoldLostError(itemId)
    if (set === 'SALE_OVER') return { kind: set }
    return { kind: 'CHANGED', total, pending: !(await alignTotal(stores, itemId, owner)) }
  })
  return changed ?? { kind: 'ITEM_NOT_FOUND' }
}

/** Undefined when the ledger has the lower total, still of the version that Postgres has. */
async function lowerLedger(
  { redis }: Stores,
  held: HeldLedger,
  lowered: { readonly total: number; readonly totalVersion: number },
): Promise<TotalChange | undefined> {
  const change = await setLedgerTotal(redis, held, lowered)
  if (change === 'CHANGED') return undefined
  if (change === 'LEASE_LOST') throw new HoldLostError(held.itemId)
  const ledger = await readLedger(redis, held.itemId)
  if (change !== 'BELOW_TAKEN' || ledger === 'NOT_LOADED') return { kind: 'NOT_LOADED' }
  return { kind: 'BELOW_TAKEN', total: ledger.total, takenUnits: ledger.total - ledger.available }
}
