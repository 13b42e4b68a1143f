import type { ItemRow } from '@flash-sale/database/items'
import { listUnsettledItems, type ItemTier } from '@flash-sale/database/unsettled-items'
import { readLedgers, type LedgerView } from '@flash-sale/stock/read-ledger'
import { findAmiss, type Amiss } from './find-amiss.ts'
import { createHands } from './hands.ts'
import { mendItem, type MendContext } from './mend-item.ts'

export interface SweepContext extends MendContext {
  /** An outbox entry older than this was not heard of through the queue. */
  readonly outboxAgeMaxMs: number
  /** Told what each look read. */
  readonly onLooked?: (itemId: number, ledger: LedgerView | 'NOT_LOADED') => void
}

/** The sweep of one tier of items. */
export interface Sweep {
  /** Looks at the next page of items, all of them in turn, and takes those in hand that are amiss: `isLast` when none come after. */
  look(): Promise<{ readonly isLast: boolean }>
  /** Repairs so far. */
  readonly mendedCount: number
  /** Resolves when nothing is in hand. */
  settled(): Promise<void>
}

/**
 * Items looked at in one go, and repairs in hand at a time. After a Redis that came back empty every item is amiss at once: the
 * sales that are on have hands of their own, whatever comes of the others, and the pool of connections serves them all.
 */
const bounds: Record<ItemTier, { readonly pageSize: number; readonly inHandMax: number }> = {
  current: { pageSize: 500, inHandMax: 8 },
  later: { pageSize: 100, inHandMax: 3 },
}

/** Compares both stores and mends what is amiss, whatever BullMQ and the other processes do. */
export function createSweep(context: SweepContext, tier: ItemTier): Sweep {
  const { stores, outboxAgeMaxMs, signal } = context
  const { pageSize, inHandMax } = bounds[tier]
  const hands = createHands(inHandMax)
  let afterId = 0

  return {
    async look() {
      const items = await listUnsettledItems(stores.database, tier, afterId, pageSize)
      const ledgers = await readLedgers(
        stores.redis,
        items.map(({ itemId }) => itemId),
      )
      for (const [i, { itemId }] of items.entries()) context.onLooked?.(itemId, ledgers[i]!)
      const isLast = items.length < pageSize
      afterId = isLast ? 0 : items.at(-1)!.itemId
      const found = items.map((item, i) => ({ item, amiss: findAmiss(item, ledgers[i]!, outboxAgeMaxMs) }))
      for (const { item, amiss } of found.filter(isAmiss).toSorted(byUrgency)) {
        if (!signal.aborted) await hands.take(item.itemId, () => mendItem(context, item.itemId, amiss))
      }
      return { isLast }
    },
    get mendedCount() {
      return hands.changedCount
    },
    settled: () => hands.settled(),
  }
}

interface Suspect {
  readonly item: ItemRow
  readonly amiss: Exclude<Amiss, null>
}

function isAmiss(found: { readonly item: ItemRow; readonly amiss: Amiss }): found is Suspect {
  return found.amiss !== null
}

/** Open sales first, then those that open soon, then those that are over; of each the small items first, which are mended sooner. */
function byUrgency({ item: a }: Suspect, { item: b }: Suspect): number {
  const nowMs = Date.now()
  return stageOf(a, nowMs) - stageOf(b, nowMs) || a.persisted - b.persisted
}

function stageOf({ state, opensAtMs, closesAtMs }: ItemRow, nowMs: number): number {
  if (state === 'closed' || closesAtMs <= nowMs) return 2
  return opensAtMs <= nowMs ? 0 : 1
}
