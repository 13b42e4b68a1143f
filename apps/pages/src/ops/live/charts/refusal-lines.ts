import type { RateSample } from '@flash-sale/contract/live'
import { problemCodes, type ProblemCode } from '@flash-sale/contract/problem'

/** More lines than this are not told apart; the rest are one line. */
const namedMax = 6

export interface RefusalLines {
  /** The commonest reasons, in the order of the catalogue, so that a line keeps its place. */
  readonly named: readonly ProblemCode[]
  readonly rest: readonly ProblemCode[]
}

/** Which reasons for refusing occur in these samples, and which of them get a line of their own. */
export function refusalLines(samples: readonly RateSample[]): RefusalLines {
  const sums = new Map<ProblemCode, number>()
  for (const { refused } of samples) {
    for (const code of problemCodes) {
      const perSecond = refused[code]
      if (perSecond) sums.set(code, (sums.get(code) ?? 0) + perSecond)
    }
  }
  const fromCommonest = [...sums.keys()].toSorted((one, other) => sums.get(other)! - sums.get(one)!)
  const named = new Set(fromCommonest.slice(0, namedMax))
  return {
    named: problemCodes.filter((code) => named.has(code)),
    rest: fromCommonest.filter((code) => !named.has(code)),
  }
}
