import type { Lease } from './held-lease.ts'
import { LockAbortedError } from './lock-errors.ts'
import { tell, type LockKind } from './lock-events.ts'

export interface Waiting {
  /**
   * Asks for a lease, and tells how that ended. `stop` aborts with a LockAbortedError when the caller's signal aborts or the waiting is
   * closed.
   */
  take<L extends Lease>(
    lockName: string,
    signal: AbortSignal | undefined,
    ask: (stop: AbortSignal) => Promise<L>,
  ): Promise<L>
  /** Ends all waiting, now and later. */
  close(): void
}

/** All that waits in this process for locks of one kind. */
export function createWaiting(kind: LockKind): Waiting {
  const stops = new Set<(cause: unknown) => void>()
  let isClosed = false
  return {
    async take(lockName, signal, ask) {
      const beganAt = performance.now()
      const controller = new AbortController()
      const stop = (cause: unknown): void => controller.abort(new LockAbortedError(lockName, cause))
      const forward = (): void => stop(signal?.reason)
      signal?.addEventListener('abort', forward)
      if (signal?.aborted) forward()
      if (isClosed) stop(closedReason())
      stops.add(stop)
      try {
        const lease = await ask(controller.signal)
        const waitedMs = performance.now() - beganAt
        tell('acquired', () => ({ kind, lockName, owner: lease.owner, waitedMs }))
        return lease
      } catch (error) {
        tell('refused', () => ({ kind, lockName, waitedMs: performance.now() - beganAt, error }))
        throw error
      } finally {
        stops.delete(stop)
        signal?.removeEventListener('abort', forward)
      }
    },
    close() {
      isClosed = true
      for (const stop of stops) stop(closedReason())
    },
  }
}

function closedReason(): Error {
  return new Error('these locks were closed')
}
