import { takeFence } from '@flash-sale/database/items'
import { answerWithin } from '@flash-sale/runtime/answer-within'
import { processId } from '@flash-sale/reports/process-report'
import { itemLockName } from '@flash-sale/stock/ledger-keys'
import type { Stores } from './stores.ts'

/** An item held exclusively: `owner` is checked by every Redis script of the holder, `fence` by every statement of Postgres. */
export interface HeldItem {
  readonly itemId: number
  readonly owner: string
  readonly fence: bigint
  /** Aborted when the lease is lost. The owner and the fence hold without it; it only ends useless work early. */
  readonly signal: AbortSignal
}

/** The lease or the fence passed to another holder in the middle of the work. Nothing of ours was written since. */
export class HoldLostError extends Error {
  override readonly name = 'HoldLostError'
  constructor(itemId: number) {
    super(`another holder has taken over item ${itemId}`)
  }
}

/** What an item is held for, as operators are shown it. */
export type HoldPurpose = 'audit' | 'rebuild' | 'restock' | 'settlement' | 'state change'

/** Renewed while the work goes on; a holder that died stops sales of its item no longer than this. */
const leaseMs = 5_000
/** Nothing is sold from the item meanwhile, so a store that does not answer is not waited for. */
const answerMs = 2_000

/**
 * Runs work that one Lua step cannot do while nothing is sold from the item: takes the lease in Redis, then the fence in
 * Postgres, which outlives a lost lease. Rejects with LockTimeoutError after `waitMs`; resolves to null for an unknown item,
 * and when the work is not needed any more once the lease is ours: the fence, which undoes a settlement, is not taken then.
 */
export async function holdItem<T>(
  { locks, database }: Stores,
  itemId: number,
  purpose: HoldPurpose,
  waitMs: number,
  work: (held: HeldItem) => Promise<T>,
  isNeeded: () => Promise<boolean> = async () => true,
): Promise<T | null> {
  const label = `${purpose} by ${processId}`
  return locks.using(
    itemLockName(itemId),
    { leaseMs, waitMs, answerMs, fair: true, label },
    async ({ owner, signal }) => {
      if (!(await answerWithin(isNeeded(), answerMs, 'Postgres'))) return null
      const fence = await answerWithin(takeFence(database, itemId), answerMs, 'Postgres')
      return fence === null ? null : work({ itemId, owner, fence, signal })
    },
  )
}
