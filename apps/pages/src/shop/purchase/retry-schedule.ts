/** The page sends one attempt at most this often by itself. With the waits below that takes about five minutes. */
export const sendingCountMax = 30

const firstWaitMs = 500
const growth = 1.5
const longestWaitMs = 12_000
/** Keeps buyers who were refused together from coming back together. */
const jitter = 0.5

export interface RetryOptions {
  /** How often the attempt was sent. */
  readonly sendingCount: number
  /** The wait that the service asked for, in ms. */
  readonly retryAfterMs?: number | undefined
  readonly random?: () => number
}

/** The wait before the next sending, in ms: never less than the service asked for, and longer each time. */
export function retryWaitMs({ sendingCount, retryAfterMs = firstWaitMs, random = Math.random }: RetryOptions): number {
  const grownMs = Math.min(retryAfterMs * growth ** (sendingCount - 1), longestWaitMs)
  return Math.round(Math.max(grownMs, retryAfterMs) * (1 + jitter * random()))
}

/** Resolves after `ms`, or as soon as the signal aborts. */
export function waitFor(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve()
    const done = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    signal.addEventListener('abort', done)
  })
}
