/** Sendings of one attempt without the buyer pressing again; with the waits below they take about five minutes. */
export const sendingCountMax = 30

const firstWaitMs = 500
const growth = 1.5
const longestWaitMs = 12_000
/** Buyers who were turned away together must not come back together. */
const jitter = 0.5

export interface RetryOptions {
  /** How often the attempt was sent. */
  readonly sendingCount: number
  /** What the service asked for, if it did. In ms. */
  readonly retryAfterMs?: number | undefined
  readonly random?: () => number
}

/** How long to wait before the next sending, in ms: never less than the service asked for, and longer each time. */
export function retryWaitMs({ sendingCount, retryAfterMs = firstWaitMs, random = Math.random }: RetryOptions): number {
  const grownMs = Math.min(retryAfterMs * growth ** (sendingCount - 1), longestWaitMs)
  return Math.round(Math.max(grownMs, retryAfterMs) * (1 + jitter * random()))
}
