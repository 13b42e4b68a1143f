import { randomInt } from 'node:crypto'
import type { ItemTier } from '@flash-sale/database/unsettled-items'
import { createHands } from './hands.ts'
import { mendItem, type MendContext } from './mend-item.ts'
import { createSuspectReader, type SuspectReaderOptions } from './suspect-reader.ts'
import { byUrgency, isLarge, stageOf, type Suspect } from './urgency.ts'

export interface SweepContext extends MendContext, Pick<SuspectReaderOptions, 'outboxAgeMaxMs' | 'onLooked'> {}

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
 * others, and the pool of connections serves them all. So do small items and large ones: a small one never waits for a large one. Few large
 * items at a time bound the memory, too.
 */
const bounds: Record<ItemTier, SweepBounds> = {
  current: { pageSize: 500, pageCountMax: 4, inHandMax: 8, largeInHandMax: 2 },
  later: { pageSize: 100, pageCountMax: 1, inHandMax: 3, largeInHandMax: 1 },
}

/** Compares both stores and mends what is amiss, whatever BullMQ and the other processes do. */
export function createSweep(context: SweepContext, tier: ItemTier): Sweep {
  const { stores, outboxAgeMaxMs, onLooked, signal } = context
  const { pageSize, pageCountMax, inHandMax, largeInHandMax } = bounds[tier]
  const readSuspects = createSuspectReader({ stores, tier, pageSize, pageCountMax, outboxAgeMaxMs, onLooked })
  const hands = createHands(inHandMax)
  const largeHands = createHands(largeInHandMax)
  const salt = randomInt(2 ** 31)
  let isStarting = true

  /**
   * Resolves when each small item is in hand. A large one begins as soon as one of its hands is free and no small one of an earlier stage
   * waits. If it finds no hand by the end, the next look finds it again.
   */
  async function takeInHand(suspects: readonly Suspect[], mending: MendContext): Promise<void> {
    const nowMs = Date.now()
    const inOrder = suspects.toSorted(byUrgency(salt, nowMs))
    const large = inOrder.filter(isLarge)
    const mend = ({ item, amiss }: Suspect) => mendItem(mending, item, amiss)
    const beginsLarge = (suspect: Suspect) => largeHands.takeIfFree(suspect.item.itemId, () => mend(suspect))
    for (const suspect of inOrder) {
      if (signal.aborted) return
      const stage = stageOf(suspect, nowMs)
      while (large[0] && stageOf(large[0], nowMs) <= stage && beginsLarge(large[0])) large.shift()
      if (!isLarge(suspect)) await hands.take(suspect.item.itemId, () => mend(suspect))
    }
  }

  return {
    async look() {
      const { suspects, isLast } = await readSuspects()
      const mending = { ...context, isStarting }
      if (isLast) isStarting = false
      await takeInHand(suspects, mending)
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
