import { randomBytes } from 'node:crypto'
import type { Redis } from 'ioredis'
import { LockTimeoutError } from './lock-errors.ts'
import { readHolder, type LockHolder } from './lease-scripts.ts'
import { hashTagOf, lockKeys } from './lock-keys.ts'
import type { Lock } from './lock.ts'
import { createReleaseNotices } from './release-notices.ts'
import { waitForLease } from './wait-for-lease.ts'

export interface LeaseOptions {
  /** How long the lease lasts without renewal, so how long others wait for a holder that died. 10 ms to one day. */
  readonly leaseMs: number
  /** Extend the lease at every third of it until released. Default true. */
  readonly renew?: boolean
}

export interface AcquireOptions extends LeaseOptions {
  /** How long to wait for others; 0 asks once. Default two leases, which outlasts a holder that died. */
  readonly waitMs?: number
  /** Gives up waiting. Says nothing about the lease once it is held. */
  readonly signal?: AbortSignal
  /** What for, in words, for whoever asks who holds the lock. Default: nothing is told. */
  readonly label?: string
  /** Be served in the order of asking, among all who ask so; who does not may overtake. Default false. */
  readonly fair?: boolean
  /**
   * How long Redis may take to answer whether the lock is free, before `LockUnansweredError`. Default: as long as `waitMs`, and at
   * least 2 s. For work that can do without the lock when Redis is away.
   */
  readonly answerMs?: number
  /**
   * Deletes the fence counter this long after the lock was last taken. For locks of many names whose fence nobody checks: a fence
   * that was deleted begins at 1 again. Default 0: it is kept for ever.
   */
  readonly fenceKeptMs?: number
}

export interface Locks {
  /**
   * Waits for the lock and takes it. Rejects with `LockTimeoutError` (others held it), `LockAbortedError` (the signal, or
   * closed), `LockUnansweredError` (no answer in time) or the Redis client's own error.
   */
  acquire(name: string, options: AcquireOptions): Promise<Lock>
  /** Takes the lock if it is free right now. Rejects as `acquire` does, except that a busy lock is `undefined`. */
  tryAcquire(name: string, options: LeaseOptions): Promise<Lock | undefined>
  /**
   * Holds the lock while `work` runs and returns its result. Rejects as `acquire` does, with what `work` threw, or with
   * `LockLostError` if the lease was gone before `work` was done, though it finished: others may have worked meanwhile.
   */
  using<T>(name: string, options: AcquireOptions, work: (lock: Lock) => Promise<T>): Promise<T>
  /** Who holds the lock by now, for people to read; undefined when it is free. Nothing may be decided by it. */
  holder(name: string): Promise<LockHolder | undefined>
  /** Ends all waiting and the connection for notices. What is held stays held until released. */
  close(): void
}

export interface LocksOptions {
  /** A connection without `keyPrefix` to hear of releases on. Default: a duplicate of `redis`, made when first needed. */
  readonly subscriber?: Redis
  /** What the keys of a lock begin with; must hold a hash tag. Default: the name in braces. */
  readonly keyOf?: (name: string) => string
}

const leaseMsMin = 10
const leaseMsMax = 24 * 60 * 60 * 1_000

/** Exclusive leases in Redis, by name. One for each Redis and process is enough. */
export function createLocks(redis: Redis, { subscriber, keyOf = hashTagOf }: LocksOptions = {}): Locks {
  const notices = createReleaseNotices(redis, subscriber)
  const waiting = new Set<AbortController>()
  let closed = false

  const locks: Locks = {
    async acquire(name, options) {
      const { leaseMs, waitMs = 2 * leaseMs, renew = true, fair = false, label = '', signal } = options
      const { answerMs, fenceKeptMs = 0 } = options
      mustBeLease(leaseMs)
      if (!(waitMs >= 0)) throw new RangeError(`waitMs must be 0 or more, not ${waitMs}`)
      const keys = lockKeys(keyOf(name))
      const owner = randomBytes(16).toString('base64url')
      const stop = new AbortController()
      const forward = (): void => stop.abort(signal?.reason)
      signal?.addEventListener('abort', forward)
      if (signal?.aborted) forward()
      if (closed) stop.abort(closedReason())
      waiting.add(stop)
      try {
        return await waitForLease(redis, notices, {
          name,
          keys,
          owner,
          leaseMs,
          waitMs,
          renew,
          fair,
          label,
          answerMs,
          fenceKeptMs,
          stop: stop.signal,
        })
      } finally {
        waiting.delete(stop)
        signal?.removeEventListener('abort', forward)
      }
    },

    async tryAcquire(name, options) {
      try {
        return await locks.acquire(name, { ...options, waitMs: 0 })
      } catch (error) {
        if (error instanceof LockTimeoutError) return undefined
        throw error
      }
    },

    async using(name, options, work) {
      await using lock = await locks.acquire(name, options)
      const result = await work(lock)
      // When Redis does not say, the deadline decides.
      const outcome = await lock.release().catch(() => 'unknown' as const)
      if (outcome !== 'released') lock.signal.throwIfAborted()
      return result
    },

    holder: (name) => readHolder(redis, lockKeys(keyOf(name))),

    close() {
      closed = true
      for (const stop of waiting) stop.abort(closedReason())
      notices.close()
    },
  }
  return locks
}

function mustBeLease(leaseMs: number): void {
  if (Number.isInteger(leaseMs) && leaseMs >= leaseMsMin && leaseMs <= leaseMsMax) return
  throw new RangeError(`leaseMs must be a whole number from ${leaseMsMin} to ${leaseMsMax}, not ${leaseMs}`)
}

function closedReason(): Error {
  return new Error('these locks were closed')
}
