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
  /** Looks at the next pages of items, all of them in turn, and takes those in hand that are amiss: `isLast` when none come after. */
  look(): Promise<{ readonly isLast: boolean }>
  /** Repairs so far. */
  readonly mendedCount: number
  /** Resolves when nothing is in hand. */
  settled(): Promise<void>
}

interface SweepBounds {
  /** Items read in one go. */
  readonly pageSize: number
  /** Pages looked at before anything is taken in hand, so that the most urgent of all of them comes first. */
  readonly pageCountMax: number
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
  current: { pageSize: 500, pageCountMax: 4, inHandMax: 8, largeInHandMax: 2 },
  later: { pageSize: 100, pageCountMax: 1, inHandMax: 3, largeInHandMax: 1 },
}

/** From so many units on, a rebuild may take longer than a moment. */
const largeUnitsMin = 20_000
/** Below so many units, a rebuild takes about as long as that of an item that sold nothing. */
const smallUnits = 1_000

/** Compares both stores and mends what is amiss, whatever BullMQ and the other processes do. */
export function createSweep(context: SweepContext, tier: ItemTier): Sweep {
  const { stores, outboxAgeMaxMs, signal } = context
  const { pageSize, pageCountMax, inHandMax, largeInHandMax } = bounds[tier]
  const hands = createHands(inHandMax)
  const largeHands = createHands(largeInHandMax)
  const salt = randomInt(2 ** 31)
  let afterId = 0
  let isStarting = true

  /** Reads the next page of items, and says what is amiss with each. */
  async function readPage(): Promise<{ readonly suspects: Suspect[]; readonly isLast: boolean }> {
    const items = await listUnsettledItems(stores.database, tier, afterId, pageSize)
    const askedAtMs = performance.now()
    const ledgers = await readLedgers(
      stores.redis,
      items.map(({ itemId }) => itemId),
    )
    for (const [i, { itemId }] of items.entries()) context.onLooked?.(itemId, ledgers[i]!, askedAtMs)
    const isLast = items.length < pageSize
    afterId = isLast ? 0 : items.at(-1)!.itemId
    const found = items.map((item, i) => ({ item, amiss: findAmiss(item, ledgers[i]!, outboxAgeMaxMs) }))
    return { suspects: found.filter(isAmiss), isLast }
  }

  /** If a page cannot be read, the next look reads all of them again: what the others found is not in hand yet. */
  async function readPages(): Promise<{ readonly suspects: Suspect[]; readonly isLast: boolean }> {
    const firstId = afterId
    const suspects: Suspect[] = []
    try {
      for (let pageCount = 1; ; pageCount += 1) {
        const page = await readPage()
        suspects.push(...page.suspects)
        if (page.isLast || pageCount === pageCountMax) return { suspects, isLast: page.isLast }
      }
    } catch (error) {
      afterId = firstId
      throw error
    }
  }

  return {
    async look() {
      const { suspects, isLast } = await readPages()
      const mending = { ...context, isStarting }
      if (isLast) isStarting = false
      for (const { item, amiss } of suspects.toSorted(byUrgency(salt))) {
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
 * Open sales first, then open ones that are sold out, then those that open soon, then those that are over. Of each the small items first, which
 * are mended sooner, and of these the ones that sold something: their buyers wait. Each worker goes its own way through items of about one
 * size, so that several workers share them.
 */
function byUrgency(salt: number): (a: Suspect, b: Suspect) => number {
  const nowMs = Date.now()
  return ({ item: a }, { item: b }) =>
    stageOf(a, nowMs) - stageOf(b, nowMs) ||
    sizeOf(a) - sizeOf(b) ||
    demandOf(b) - demandOf(a) ||
    placeOf(a, salt) - placeOf(b, salt)
}

function sizeOf({ persisted }: ItemRow): number {
  return Math.floor(Math.log2(persisted / smallUnits + 1))
}

function demandOf({ persisted }: ItemRow): number {
  return persisted > 0 ? 1 : 0
}

function placeOf({ itemId }: ItemRow, salt: number): number {
  return Math.imul(itemId ^ salt, 0x9e3779b1) >>> 0
}

function stageOf({ state, opensAtMs, closesAtMs, persisted, total }: ItemRow, nowMs: number): number {
  if (state === 'closed' || closesAtMs <= nowMs) return 3
  if (opensAtMs > nowMs) return 2
  return persisted < total ? 0 : 1
}
