import { seededRandom, shuffled } from '@flash-sale/kit/seeded-random'
import type { Fault, Point } from './faults/fault.ts'
import { oneOf } from './faults/fault.ts'

/** One fault at one point. */
export interface Strike {
  readonly fault: Fault
  readonly point: Point
  /** With it `--faults 1 --only NAME@POINT` repeats this strike alone. */
  readonly seed: number
}

export const seedMax = 2 ** 31 - 1

/** A fault, and the points that it may strike at in this run. */
export interface Aimed {
  readonly fault: Fault
  readonly points: readonly Point[]
}

/** So many strikes in the seed's order: every fault once before any comes again. The first strike has the seed of the run. */
export function scheduleOf(faults: readonly Aimed[], count: number, seed: number): Strike[] {
  const random = seededRandom(seed)
  const strikes: Strike[] = []
  while (strikes.length < count) {
    for (const { fault, points } of shuffled(faults, random).slice(0, count - strikes.length)) {
      const ownSeed = strikes.length === 0 ? seed : Math.floor(random() * seedMax)
      strikes.push({ fault, point: oneOf(points, seededRandom(ownSeed)), seed: ownSeed })
    }
  }
  return strikes
}
