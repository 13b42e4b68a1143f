import type { RateSample } from '@flash-sale/contract/live'
import { refusalCodes, type RefusalCode } from '@flash-sale/contract/order-outcomes'

/** At most this many reasons get a line of their own, since more lines cannot be told apart. The rest share one line. */
const namedMax = 6

export interface RefusalLines {
  /** The commonest reasons, in the order of the contract's table, so that a line keeps its place. */
  readonly named: readonly RefusalCode[]
  readonly rest: readonly RefusalCode[]
}

/** The refusals that occur in these samples: those with a line of their own, and the rest. */
export function refusalLines(samples: readonly RateSample[]): RefusalLines {
  const sums = new Map<RefusalCode, number>()
  for (const { refused } of samples) {
    for (const code of refusalCodes) {
      const perSecond = refused[code]
      if (perSecond) sums.set(code, (sums.get(code) ?? 0) + perSecond)
    }
  }
  const fromCommonest = [...sums.keys()].toSorted((one, other) => sums.get(other)! - sums.get(one)!)
  const named = new Set(fromCommonest.slice(0, namedMax))
  return {
    named: refusalCodes.filter((code) => named.has(code)),
    rest: fromCommonest.filter((code) => !named.has(code)),
  }
}
