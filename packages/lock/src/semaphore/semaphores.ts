import { randomUUID } from 'node:crypto'
import type { Redis } from 'ioredis'
import { HeldLease, type Lease } from '../held-lease.ts'
import { leasingOf, waitMsOf, type Leasing, type WaitOptions } from '../leasing.ts'
import { hashTagOf } from '../lock-keys.ts'
import { createReleaseNotices } from '../release-notices.ts'
import { askForLease, waitForLease } from '../wait-for-lease.ts'
import { createWaiting } from '../waiting.ts'
import { renewPermit, returnPermit, semaphoreKeys, takePermit } from './permit-scripts.ts'

export interface SemaphoreOptions extends WaitOptions {
  /** How many may hold it at a time. All callers of a semaphore give the same number; each heeds its own. */
  readonly limit: number
  /** How long Redis may take to answer, before `LockUnansweredError`. Default: as long as `waitMs`, and at least 2 s. */
  readonly answerMs?: number
}

export interface Semaphores extends Leasing<string, SemaphoreOptions, Lease> {
  /** Ends all waiting and the connection for notices. What is held stays held until released. */
  close(): void
}

export interface CreateSemaphoresOptions {
  /** A connection without `keyPrefix` to hear of releases on. Default: a duplicate of `redis`, made when first needed. */
  readonly subscriber?: Redis
  /** What the keys of a semaphore begin with; must hold a hash tag. Default: the name in braces. */
  readonly keyOf?: (name: string) => string
}

/** Semaphores in Redis, by name: at most `limit` holders at a time, across processes. Waiters are served in no order. */
export function createSemaphores(redis: Redis, options: CreateSemaphoresOptions = {}): Semaphores {
  const { keyOf = hashTagOf } = options
  const notices = createReleaseNotices(redis, options)
  const waiting = createWaiting('semaphore')

  async function acquire(name: string, wanted: SemaphoreOptions): Promise<Lease> {
    const { leaseMs, limit, renew = true, answerMs, signal } = wanted
    const waitMs = waitMsOf(wanted)
    if (!(Number.isInteger(limit) && limit >= 1))
      throw new RangeError(`limit must be a whole number from 1, not ${limit}`)
    const keys = semaphoreKeys(keyOf(name))
    const owner = randomUUID()
    const store = {
      renew: () => renewPermit(redis, keys, owner, leaseMs),
      release: () => returnPermit(redis, keys, owner),
    }
    return waiting.take(name, signal, (stop) =>
      waitForLease<Lease>(notices, {
        name,
        channel: keys.channel,
        waitMs,
        stop,
        isCalled: () => true,
        queues: false,
        async ask(giveUpAt) {
          const question = () => takePermit(redis, keys, owner, leaseMs, limit)
          const { reply, sentAt } = await askForLease(question, { name, leaseMs, answerMs, giveUpAt, stop })
          if (!reply.taken) return reply
          return {
            taken: true,
            lease: new HeldLease(store, { kind: 'semaphore', name, owner, leaseMs, renew, sentAt }),
          }
        },
        giveBack: store.release,
      }),
    )
  }

  return {
    ...leasingOf(acquire),
    close() {
      waiting.close()
      notices.close()
    },
  }
}
