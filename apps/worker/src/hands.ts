/** Works on a bounded number of items at a time. A slow item does not stop the others. */
export interface Hands {
  /** Resolves when the work has begun, once a hand is free. Does nothing for an item that is in hand already. */
  take(itemId: number, work: () => Promise<boolean>): Promise<void>
  /** Begins the work now. Returns false if no hand is free for it. Does nothing for an item that is in hand already. */
  takeIfFree(itemId: number, work: () => Promise<boolean>): boolean
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

  function takeIfFree(itemId: number, work: () => Promise<boolean>): boolean {
    if (inHand.has(itemId)) return true
    if (inHand.size >= countMax) return false
    inHand.set(itemId, run(itemId, work))
    return true
  }

  return {
    async take(itemId, work) {
      while (!takeIfFree(itemId, work)) await Promise.race(inHand.values())
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
