import type { Statements } from '@flash-sale/database/connect'
import { readItem } from '@flash-sale/database/items'
import { raiseTotal } from '@flash-sale/database/restock-item'
import { setLedgerTotal } from '@flash-sale/stock/change-ledger'
import { readRedisTime } from '@flash-sale/runtime/redis-time'
import { holdItem, HoldLostError } from './hold-item.ts'
import type { Stores } from './stores.ts'

export type RestockOutcome =
  /** `pending`: Postgres has it, the ledger does not yet; the sweep finishes it. Until then it only undersells. */
  | { readonly kind: 'RESTOCKED'; readonly total: number; readonly pending: boolean }
  | { readonly kind: 'KEY_CONFLICT' | 'SALE_OVER' | 'ITEM_NOT_FOUND' }

/**
 * Adds units to an item, once for each key: Postgres first, so that the ledger never offers what Postgres would refuse.
 * `onRaised` runs in the transaction that raises the total; `isNew` is false when the key had raised it before.
 */
export async function restockItem(
  stores: Stores,
  itemId: number,
  restock: { readonly key: string; readonly units: number },
  waitMs: number,
  onRaised: (statements: Statements, isNew: boolean) => Promise<unknown> = async () => undefined,
): Promise<RestockOutcome> {
  const outcome = await holdItem(
    stores,
    itemId,
    'restock',
    waitMs,
    async ({ owner, fence }): Promise<RestockOutcome> => {
      const nowMs = await readRedisTime(stores.redis)
      const raised = await stores.database.$transaction(async (statements) => {
        const result = await raiseTotal(statements, itemId, fence, restock.key, restock.units, nowMs)
        if ('total' in result) await onRaised(statements, result.kind === 'RAISED')
        return result
      })
      if (raised.kind === 'FENCED') throw new HoldLostError(itemId)
      if (raised.kind !== 'RAISED' && raised.kind !== 'RAISED_BEFORE') return { kind: raised.kind }
      return { kind: 'RESTOCKED', total: raised.total, pending: !(await alignTotal(stores, itemId, owner)) }
    },
  )
  return outcome ?? { kind: 'ITEM_NOT_FOUND' }
}

/** Brings a ledger's total to what Postgres says: the second half of a restock that was cut in two. */
export async function finishRestock(stores: Stores, itemId: number, waitMs: number): Promise<boolean> {
  return (await holdItem(stores, itemId, 'restock', waitMs, ({ owner }) => alignTotal(stores, itemId, owner))) ?? false
}

export async function alignTotal({ redis, database }: Stores, itemId: number, owner: string): Promise<boolean> {
  const item = await readItem(database, itemId)
  if (!item) return false
  const { birth, epoch } = item
  return (await setLedgerTotal(redis, { itemId, owner, birth, epoch }, item)) === 'CHANGED'
}
