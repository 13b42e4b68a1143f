/** Durations are counted in buckets whose bounds grow by a tenth from one to the next, from 0.1 ms to about 11 s. */
const boundMsFirst = 0.1
const growth = 1.1
const bucketCount = 123
const bucketsPerLog2 = 1 / Math.log2(growth)

export function createDurationBuckets(): number[] {
  return Array.from({ length: bucketCount }, () => 0)
}

/** The bucket of a duration. It is called for each order, so it uses a logarithm instead of a search. */
export function durationBucketOf(durationMs: number): number {
  if (!(durationMs > boundMsFirst)) return 0
  return Math.min(Math.ceil(Math.log2(durationMs / boundMsFirst) * bucketsPerLog2), bucketCount - 1)
}

/** The longest duration in a bucket, in ms. The last bucket counts longer durations too. */
export function durationBoundMs(bucket: number): number {
  return boundMsFirst * growth ** bucket
}

/** The duration that this share (0 to 1) of all durations does not exceed, in ms, a tenth off at most; null if nothing was counted. */
export function percentileMs(buckets: readonly number[], share: number): number | null {
  const count = buckets.reduce((sum, n) => sum + n, 0)
  if (count === 0) return null
  let left = share * count
  for (const [i, n] of buckets.entries()) {
    if (n === 0 || left > n) {
      left -= n
      continue
    }
    const lowerMs = i === 0 ? 0 : durationBoundMs(i - 1)
    return lowerMs + (durationBoundMs(i) - lowerMs) * (left / n)
  }
  return durationBoundMs(bucketCount - 1)
}
