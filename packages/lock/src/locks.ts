import { randomUUID } from 'node:crypto'
import type { Redis } from 'ioredis'
import { leasingOf, waitMsOf, type Leasing, type WaitOptions } from './leasing.ts'
import { acquireLease, readHolder, releaseLease, type LockHolder } from './lease-scripts.ts'
import { hashTagOf, lockKeys } from './lock-keys.ts'
import { HeldLock, type Lock } from './lock.ts'
import { createReleaseNotices } from './release-notices.ts'
import { askForLease, checkMsMax, waitForLease } from './wait-for-lease.ts'
import { createWaiting } from './waiting.ts'

export interface AcquireOptions extends WaitOptions {
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

export interface Locks extends Leasing<string, AcquireOptions, Lock> {
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
  /** How long to go on listening to a lock's releases when nobody waits, for the next waiter. Default 1 s. */
  readonly noticesKeptMs?: number
}

/** A waiter that queues and was not seen for so long lets the next one pass: three missed checks. */
const waiterAliveMs = 3 * checkMsMax

/** Exclusive leases in Redis, by name. One for each Redis and process is enough. */
export function createLocks(redis: Redis, options: LocksOptions = {}): Locks {
  const { keyOf = hashTagOf } = options
  const notices = createReleaseNotices(redis, options)
  const waiting = createWaiting('lock')

  async function acquire(name: string, wanted: AcquireOptions): Promise<Lock> {
    const { leaseMs, renew = true, fair = false, label = '', answerMs, fenceKeptMs = 0, signal } = wanted
    const waitMs = waitMsOf(wanted)
    const keys = lockKeys(keyOf(name))
    // Never used for a second request: it is what makes a resent command recognisable.
    const owner = randomUUID()
    const aliveMs = fair ? waiterAliveMs : 0
    return waiting.take(name, signal, (stop) =>
      waitForLease<Lock>(notices, {
        name,
        channel: keys.channel,
        waitMs,
        stop,
        isCalled: (nextOwner) => !fair || nextOwner === owner,
        queues: fair,
        async ask(giveUpAt) {
          const { reply, sentAt } = await askForLease(
            () => acquireLease(redis, keys, owner, leaseMs, aliveMs, label, fenceKeptMs),
            { name, leaseMs, answerMs, giveUpAt, stop },
          )
          if (!reply.taken) return reply
          const { fence } = reply
          return { taken: true, lease: new HeldLock(redis, { name, keys, owner, fence, leaseMs, renew, sentAt }) }
        },
        giveBack: () => releaseLease(redis, keys, owner),
      }),
    )
  }

  return {
    ...leasingOf(acquire),
    holder: (name) => readHolder(redis, lockKeys(keyOf(name))),
    close() {
      waiting.close()
      notices.close()
    },
  }
}
