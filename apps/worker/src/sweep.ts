import { randomInt } from 'node:crypto'
import type { ItemRow } from '@flash-sale/database/items'
import { listUnsettledItems, type ItemTier } from '@flash-sale/database/unsettled-items'
import { readLedgers, type LedgerView } from '@flash-sale/stock/read-ledger'
import { findAmiss, type Amiss } from './find-amiss.ts'
import { createHands } from './hands.ts'
import { mendItem, type MendContext } from './mend-item.ts'

export interface SweepContext extends MendContext {
  /** An outbox entry older than this was not heard of through the queue. */
  readonly outboxAgeMaxMs: number
  /** Told what each look read, and since when it asked (by `performance.now()`). */
  readonly onLooked?: (itemId: number, ledger: LedgerView | 'NOT_LOADED', askedAtMs: number) => void
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

interface SweepBounds {
  /** Items looked at in one go. */
  readonly pageSize: number
  /** Repairs at a time, of small items and of large ones. */
  readonly inHandMax: number
  readonly largeInHandMax: number
}

/**
 * After a Redis that came back empty every item is amiss at once: the sales that are on have hands of their own, whatever comes of the
 * others, and the pool of connections serves them all. So do small items, for which no look waits until a large one is done. Few
 * large items at a time bound the memory, too.
 */
const bounds: Record<ItemTier, SweepBounds> = {
  current: { pageSize: 500, inHandMax: 8, largeInHandMax: 2 },
  later: { pageSize: 100, inHandMax: 3, largeInHandMax: 1 },
}

/** From so many units on, a rebuild may take longer than a moment. */
const largeUnitsMin = 20_000

/** Compares both stores and mends what is amiss, whatever BullMQ and the other processes do. */
export function createSweep(context: SweepContext, tier: ItemTier): Sweep {
  const { stores, outboxAgeMaxMs, signal } = context
  const { pageSize, inHandMax, largeInHandMax } = bounds[tier]
  const hands = createHands(inHandMax)
  const largeHands = createHands(largeInHandMax)
  const salt = randomInt(2 ** 31)
  let afterId = 0
  let isStarting = true

  return {
    async look() {
      const items = await listUnsettledItems(stores.database, tier, afterId, pageSize)
      const askedAtMs = performance.now()
      const ledgers = await readLedgers(
        stores.redis,
        items.map(({ itemId }) => itemId),
      )
      for (const [i, { itemId }] of items.entries()) context.onLooked?.(itemId, ledgers[i]!, askedAtMs)
      const isLast = items.length < pageSize
      afterId = isLast ? 0 : items.at(-1)!.itemId
      const mending = { ...context, isStarting }
      if (isLast) isStarting = false
      const found = items.map((item, i) => ({ item, amiss: findAmiss(item, ledgers[i]!, outboxAgeMaxMs) }))
      for (const { item, amiss } of found.filter(isAmiss).toSorted(byUrgency(salt))) {
        if (signal.aborted) break
        const mend = () => mendItem(mending, item, amiss)
        // A large item that finds no hand is found again by the next look.
        if (item.persisted >= largeUnitsMin) largeHands.takeIfFree(item.itemId, mend)
        else await hands.take(item.itemId, mend)
      }
      return { isLast }
    },
    get mendedCount() {
      return hands.changedCount + largeHands.changedCount
    },
    async settled() {
      await Promise.all([hands.settled(), largeHands.settled()])
    },
  }
}

interface Suspect {
  readonly item: ItemRow
  readonly amiss: Exclude<Amiss, null>
}

function isAmiss(found: { readonly item: ItemRow; readonly amiss: Amiss }): found is Suspect {
  return found.amiss !== null
}

/**
 * Open sales first, then those that open soon, then those that are over; of each the small items first, which are mended sooner. Each worker
 * goes its own way through items of about one size, so that several workers share them.
 */
function byUrgency(salt: number): (a: Suspect, b: Suspect) => number {
  const nowMs = Date.now()
  return ({ item: a }, { item: b }) =>
    stageOf(a, nowMs) - stageOf(b, nowMs) || sizeOf(a) - sizeOf(b) || placeOf(a, salt) - placeOf(b, salt)
}

function sizeOf({ persisted }: ItemRow): number {
  return Math.floor(Math.log2(persisted + 1))
}

function placeOf({ itemId }: ItemRow, salt: number): number {
  return Math.imul(itemId ^ salt, 0x9e3779b1) >>> 0
}

function stageOf({ state, opensAtMs, closesAtMs }: ItemRow, nowMs: number): number {
  if (state === 'closed' || closesAtMs <= nowMs) return 2
  return opensAtMs <= nowMs ? 0 : 1
}
