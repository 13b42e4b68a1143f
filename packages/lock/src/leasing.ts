import type { Held } from './held-lease.ts'
import { LockTimeoutError } from './lock-errors.ts'

export interface LeaseOptions {
  /** How long the lease lasts without renewal, so how long others wait for a holder that died. 10 ms to one day. */
  readonly leaseMs: number
  /** Extend the lease at every third of it until released. Default true. */
  readonly renew?: boolean
}

export interface WaitOptions extends LeaseOptions {
  /** How long to wait for others; 0 asks once. Default two leases, which outlasts a holder that died. */
  readonly waitMs?: number
  /** Gives up waiting. Says nothing about the lease once it is held. */
  readonly signal?: AbortSignal
}

/** What every kind of lock can do. */
export interface Leasing<Name, Options extends WaitOptions, L extends Held> {
  /**
   * Waits for the lock and takes it. Rejects with `LockTimeoutError` (others held it), `LockAbortedError` (the signal, or
   * closed), `LockUnansweredError` (no answer in time) or the Redis client's own error.
   */
  acquire(name: Name, options: Options): Promise<L>
  /** Takes the lock if it is free right now. Rejects as `acquire` does, except that a busy lock is `undefined`. */
  tryAcquire(name: Name, options: Omit<Options, 'waitMs'>): Promise<L | undefined>
  /**
   * Holds the lock while `work` runs and returns its result. Rejects as `acquire` does, with what `work` threw, or with
   * `LockLostError` if the lease was gone before `work` was done, though it finished: others may have worked meanwhile.
   */
  using<T>(name: Name, options: Options, work: (held: L) => Promise<T>): Promise<T>
}

/** All of it from `acquire`. */
export function leasingOf<Name, Options extends WaitOptions, L extends Held>(
  acquire: Leasing<Name, Options, L>['acquire'],
): Leasing<Name, Options, L> {
  return {
    acquire,
    async tryAcquire(name, options) {
      try {
        return await acquire(name, { ...options, waitMs: 0 } as Options)
      } catch (error) {
        if (error instanceof LockTimeoutError) return undefined
        throw error
      }
    },
    async using(name, options, work) {
      await using held = await acquire(name, options)
      const result = await work(held)
      // When Redis does not say, the deadline decides.
      const outcome = await held.release().catch(() => 'unknown' as const)
      if (outcome !== 'released') held.signal.throwIfAborted()
      return result
    },
  }
}

const leaseMsMin = 10
const leaseMsMax = 24 * 60 * 60 * 1_000

/** Throws a RangeError for options that make no sense. Returns how long to wait, in ms. */
export function waitMsOf({ leaseMs, waitMs = 2 * leaseMs }: WaitOptions): number {
  if (!(Number.isInteger(leaseMs) && leaseMs >= leaseMsMin && leaseMs <= leaseMsMax))
    throw new RangeError(`leaseMs must be a whole number from ${leaseMsMin} to ${leaseMsMax}, not ${leaseMs}`)
  if (!(waitMs >= 0)) throw new RangeError(`waitMs must be 0 or more, not ${waitMs}`)
  return waitMs
}
