import type { SaleStory } from '@flash-sale/contract/sale-story'

/** A sale's story in numbers. What is not known is absent, never guessed. */
export interface ToldStory {
  readonly buyers: number
  readonly units: number
  readonly total: number
  readonly soldShare: number
  /** How long it sold, and how many orders it took a second meanwhile. */
  readonly selling?: { readonly ms: number; readonly ordersPerSecond: number; readonly isSoldOut: boolean }
  readonly sent?: {
    readonly count: number
    /** There were more than were counted. False also as long as that is not known. */
    readonly isAtLeast: boolean
    readonly accepted: number
    readonly replayed: number
    readonly refused: number
  }
  readonly p99Ms?: number
  /** Absent until everything is saved and was counted. */
  readonly proof?: {
    readonly isWhole: boolean
    /** Orders that nobody asked for, and units sold beyond the total. */
    readonly twice: number
    /** Accepted orders that the stores do not have, and units that nobody can buy. */
    readonly lost: number
  }
}

export function tellStory(story: SaleStory): ToldStory {
  const { buyers, units, total, orders, endedOrders, storedOrders, sellingMs, soldOutAt, asked, proof } = story
  const taken = orders + endedOrders
  return {
    buyers,
    units,
    total,
    soldShare: total === 0 ? 0 : units / total,
    // One order tells no pace.
    ...(taken > 1 &&
      sellingMs > 0 && {
        selling: { ms: sellingMs, ordersPerSecond: (1_000 * taken) / sellingMs, isSoldOut: soldOutAt !== undefined },
      }),
    ...(asked && { sent: sentOf(asked) }),
    ...(asked && asked.p99Ms !== null && { p99Ms: asked.p99Ms }),
    ...(proof && { proof: proofOf(proof, Math.max(0, (asked?.accepted ?? 0) - storedOrders)) }),
  }
}

function sentOf(asked: NonNullable<SaleStory['asked']>): NonNullable<ToldStory['sent']> {
  const { accepted, replayed, refused, isComplete } = asked
  const refusedCount = Object.values(refused).reduce((sum, count) => sum + count, 0)
  return {
    count: accepted + replayed + refusedCount,
    isAtLeast: isComplete === false,
    accepted,
    replayed,
    refused: refusedCount,
  }
}

function proofOf(proof: NonNullable<SaleStory['proof']>, missingOrders: number): NonNullable<ToldStory['proof']> {
  const twice = proof.duplicates + proof.oversold
  const lost = missingOrders + proof.undersold
  return { isWhole: proof.balanced && twice + lost === 0, twice, lost }
}
