import { connectTestRedis } from '@flash-sale/testing/connect-test-redis'
import type { Redis } from 'ioredis'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Leasing } from '../leasing.ts'
import { LockLostError, LockTimeoutError } from '../lock-errors.ts'
import type { Lock } from '../lock.ts'
import { createLocks, type AcquireOptions, type Locks } from '../locks.ts'
import type { LockSet } from './held-set.ts'
import { createLockSets } from './lock-sets.ts'

let redis: Redis
let close: () => Promise<void>
let locks: Locks
let lockSets: Leasing<readonly string[], AcquireOptions, LockSet<Lock>>

beforeAll(async () => {
  ;({ redis, close } = await connectTestRedis())
  locks = createLocks(redis)
  lockSets = createLockSets(locks)
})

afterAll(async () => {
  locks.close()
  await close()
})

beforeEach(() => redis.flushall())

const options = { leaseMs: 20_000 }
const held = async () => (await redis.keys('*:lock')).toSorted()

test('several locks are held at once, each with its fence, and given back together', async () => {
  {
    await using set = await lockSets.acquire(['item:8', 'item:7', 'item:8'], options)
    expect([...set.locks.keys()]).toEqual(['item:7', 'item:8'])
    expect(set.locks.get('item:8')?.fence).toBe(1n)
    expect(set.remainingMs).toBeGreaterThan(0)
    expect(await held()).toEqual(['{item:7}:lock', '{item:8}:lock'])
  }
  expect(await held()).toEqual([])
})

/** Two that want the same two locks and name them the other way round, each sure to have its first before the second. */
function crosswise(acquire: (names: readonly string[], waitMs: number) => Promise<unknown>): Promise<unknown[]> {
  return Promise.all(
    [
      ['item:7', 'item:8'],
      ['item:8', 'item:7'],
    ].map((names) => acquire(names, 400).catch((error: unknown) => error)),
  )
}

test('two that name the same locks in another order never wait for each other', async () => {
  for (let round = 0; round < 20; round += 1) {
    const work = (names: readonly string[]) => lockSets.using(names, options, () => Promise.resolve('done'))
    expect(await crosswise(work)).toEqual(['done', 'done'])
  }
})

test('taken in the order of their naming, they would', async () => {
  const outcomes = await crosswise(async ([first, second], waitMs) => {
    await using _first = await locks.acquire(first!, options)
    await redis.ping()
    await using _second = await locks.acquire(second!, { ...options, waitMs })
  })
  expect(outcomes.some((outcome) => outcome instanceof LockTimeoutError)).toBe(true)
})

test('when one cannot be had, those before it are given back', async () => {
  await using _busy = await locks.acquire('item:8', options)
  await expect(lockSets.acquire(['item:7', 'item:8'], { ...options, waitMs: 20 })).rejects.toMatchObject({
    name: 'LockTimeoutError',
    lockName: 'item:8',
  })
  expect(await lockSets.tryAcquire(['item:7', 'item:8'], options)).toBeUndefined()
  expect(await held()).toEqual(['{item:8}:lock'])
})

test('a set is not handed out when the lease of its first lock ended while it waited for the last', async () => {
  await locks.acquire('item:8', { leaseMs: 1_000, renew: false })
  const late = lockSets.acquire(['item:7', 'item:8'], { leaseMs: 400, waitMs: 10_000, renew: false })
  await expect(late).rejects.toMatchObject({ name: 'LockLostError', lockName: 'item:7' })
})

test('what ends one lock of a set ends the set', async () => {
  const outliving = lockSets.using(['item:7', 'item:8'], options, async () => {
    await redis.set('{item:8}:lock', 'another')
  })
  await expect(outliving).rejects.toBeInstanceOf(LockLostError)
  expect(await held()).toEqual(['{item:8}:lock'])

  const set = await lockSets.acquire(['item:6', 'item:7'], { leaseMs: 300, renew: false })
  await new Promise((resolve) => set.signal.addEventListener('abort', resolve))
  expect(set.remainingMs).toBe(0)
  expect(set.signal.reason).toBeInstanceOf(LockLostError)
})

test('a set names at least one lock', async () => {
  await expect(lockSets.acquire([], options)).rejects.toThrow('name at least one lock')
})
