import type { RateSample } from '@flash-sale/contract/live'

/** All orders refused, per second. */
export function refusedPerSecond({ refused }: RateSample): number {
  return Object.values(refused).reduce((sum, perSecond) => sum + perSecond, 0)
}

/** The largest value of a measure in these samples. Undefined if it was never measured. */
export function peakOf(
  samples: readonly RateSample[],
  reading: (sample: RateSample) => number | null,
): number | undefined {
  let peak: number | undefined
  for (const sample of samples) {
    const value = reading(sample)
    if (value !== null && value >= (peak ?? 0)) peak = value
  }
  return peak
}
