import { outcomeNames, totalOf, type OrderTotal } from '@flash-sale/contract/order-outcomes'
import { createDurationBuckets } from './process-report-durations.ts'

/** What one process counted of an item's orders. What did not occur is left out. */
export interface CountedDrop {
  /** Orders by outcome. */
  readonly outcomes: Partial<Record<OrderTotal, number>>
  /** How long they took to answer, by the buckets of process-report-durations.ts. */
  readonly durations: Record<number, number>
}

export interface DropCounts {
  /** Called for each order, so it only raises two numbers. */
  readonly answered: (itemId: number, total: OrderTotal, durationBucket: number) => void
  /** Takes everything that was counted, by item. The counts of the items in `heldBack` stay, and go on. */
  readonly take: (heldBack?: { has(itemId: number): boolean }) => ReadonlyMap<number, CountedDrop>
}

interface Counting {
  readonly outcomes: Record<OrderTotal, number>
  readonly durations: Uint32Array
}

/** Items that get an answer within one second, at most. Orders of more items are left out. */
const itemsMax = 1_000
const noOrders = Object.fromEntries(outcomeNames.map((outcome) => [totalOf(outcome), 0])) as Record<OrderTotal, number>
const durationCount = createDurationBuckets().length

/** Counts orders by item until they are taken. */
export function createDropCounts(): DropCounts {
  const counted = new Map<number, Counting>()
  let lastItemId: number | undefined
  let last: Counting | undefined

  function countingOf(itemId: number): Counting | undefined {
    let counting = counted.get(itemId)
    if (!counting && counted.size < itemsMax) {
      counting = { outcomes: { ...noOrders }, durations: new Uint32Array(durationCount) }
      counted.set(itemId, counting)
    }
    return counting
  }

  return {
    answered(itemId, total, durationBucket) {
      // In a storm most orders are of one item.
      if (itemId !== lastItemId) {
        last = countingOf(itemId)
        lastItemId = itemId
      }
      if (!last) return
      last.outcomes[total] += 1
      last.durations[durationBucket]! += 1
    },
    take(heldBack) {
      const taken = new Map<number, CountedDrop>()
      for (const [itemId, counting] of counted) {
        if (heldBack?.has(itemId)) continue
        taken.set(itemId, occurringOf(counting))
        counted.delete(itemId)
      }
      lastItemId = undefined
      return taken
    },
  }
}

function occurringOf({ outcomes, durations }: Counting): CountedDrop {
  return { outcomes: withoutZeros(outcomes), durations: withoutZeros(durations) }
}

function withoutZeros(counts: object): Record<string, number> {
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0))
}
