import { createLocks } from '@flash-sale/lock/locks'
import type { Redis } from 'ioredis'
import { Mutex } from 'redis-semaphore'
import Redlock from 'redlock'
import { createLock, IoredisAdapter } from 'redlock-universal'

/** One client of a lock library. Resolves with what gives the lock up. */
export interface LockClient {
  readonly acquire: (lockName: string) => Promise<() => Promise<unknown>>
  readonly close?: () => void
}

/** The connections are the library's alone; it may open several. */
type OpenLockClient = (connect: () => Redis) => LockClient

/** Nobody loses a lease here. */
const leaseMs = 10_000
/** More tries than anybody needs: to give up is no result. Delays between tries are the library's own. */
const tryCountMax = 1_000

/** Each with its defaults, on a single Redis; ours in the order of asking. */
export const lockLibraries = {
  ours: (connect) => {
    const locks = createLocks(connect(), { subscriber: connect() })
    return {
      async acquire(lockName) {
        const lock = await locks.acquire(lockName, { leaseMs, waitMs: 60_000, fair: true })
        return () => lock.release()
      },
      close: () => locks.close(),
    }
  },
  redlock: (connect) => {
    const redlock = new Redlock([connect()], { retryCount: tryCountMax })
    return {
      async acquire(lockName) {
        const lock = await redlock.acquire([lockName], leaseMs)
        return () => lock.release()
      },
    }
  },
  'redlock-universal': (connect) => {
    const adapter = new IoredisAdapter(connect())
    return {
      async acquire(lockName) {
        const lock = createLock({ adapter, key: lockName, ttl: leaseMs, retryAttempts: tryCountMax })
        const handle = await lock.acquire()
        return () => lock.release(handle)
      },
    }
  },
  'redis-semaphore': (connect) => {
    const redis = connect()
    return {
      async acquire(lockName) {
        const mutex = new Mutex(redis, lockName, { lockTimeout: leaseMs, acquireTimeout: 60_000 })
        await mutex.acquire()
        return () => mutex.release()
      },
    }
  },
} satisfies Record<string, OpenLockClient>

export type LockLibraryName = keyof typeof lockLibraries
