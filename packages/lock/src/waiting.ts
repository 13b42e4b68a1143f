import type { Lease } from './held-lease.ts'
import { LockAbortedError } from './lock-errors.ts'
import { tell, type LockKind } from './lock-events.ts'
import { Stop } from './stop.ts'

export interface Waiting {
  /**
   * Asks for a lease, and tells how that ended. `stop` ends with a LockAbortedError when the caller's signal aborts or the waiting is
   * closed.
   */
  take<L extends Lease>(lockName: string, signal: AbortSignal | undefined, ask: (stop: Stop) => Promise<L>): Promise<L>
  /** Ends all waiting, now and later. */
  close(): void
}

/** All that waits in this process for locks of one kind. */
export function createWaiting(kind: LockKind): Waiting {
  const stops = new Map<Stop, string>()
  let isClosed = false
  return {
    async take(lockName, signal, ask) {
      const beganAt = performance.now()
      const stop = new Stop()
      const forward = (): void => stop.end(new LockAbortedError(lockName, signal?.reason))
      signal?.addEventListener('abort', forward)
      if (signal?.aborted) forward()
      if (isClosed) stop.end(closed(lockName))
      stops.set(stop, lockName)
      try {
        const lease = await ask(stop)
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
      for (const [stop, lockName] of stops) stop.end(closed(lockName))
    },
  }
}

function closed(lockName: string): LockAbortedError {
  return new LockAbortedError(lockName, new Error('these locks were closed'))
}
