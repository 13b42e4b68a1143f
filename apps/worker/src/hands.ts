/** Works on a bounded number of items at a time. A slow item does not stop the others. */
export interface Hands {
  /** Resolves when the work has begun, once a hand is free. Does nothing for an item that is in hand already. */
  take(itemId: number, work: () => Promise<boolean>): Promise<void>
  /** Begins the work now, or does nothing when no hand is free, or when the item is in hand already. */
  takeIfFree(itemId: number, work: () => Promise<boolean>): void
  /** The number of works so far that changed something. */
  readonly changedCount: number
  /** Resolves when no item is in hand. */
  settled(): Promise<void>
}

/** Work says whether it changed something, and must not reject. */
export function createHands(countMax: number): Hands {
  const inHand = new Map<number, Promise<void>>()
  let changedCount = 0

  async function run(itemId: number, work: () => Promise<boolean>): Promise<void> {
    try {
      if (await work()) changedCount += 1
    } finally {
      inHand.delete(itemId)
    }
  }

  function takeIfFree(itemId: number, work: () => Promise<boolean>): void {
    if (!inHand.has(itemId) && inHand.size < countMax) inHand.set(itemId, run(itemId, work))
  }

  return {
    async take(itemId, work) {
      while (!inHand.has(itemId) && inHand.size >= countMax) await Promise.race(inHand.values())
      takeIfFree(itemId, work)
    },
    takeIfFree,
    get changedCount() {
      return changedCount
    },
    async settled() {
      while (inHand.size > 0) await Promise.all(inHand.values())
    },
  }
}
