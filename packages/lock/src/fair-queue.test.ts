import { startTestRedis } from '@flash-sale/testing/test-redis'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { acquireLease, releaseLease } from './lease-scripts.ts'
import { LockTimeoutError } from './lock-errors.ts'
import { hashTagOf, lockKeys } from './lock-keys.ts'
import { createLocks, type Locks } from './locks.ts'

const keys = lockKeys(hashTagOf('item:7'))
const fair = { leaseMs: 10_000, waitMs: 20_000, fair: true }

let server: Awaited<ReturnType<typeof startTestRedis>>
let redis: Redis
let otherRedis: Redis
let locks: Locks
let otherLocks: Locks

beforeAll(async () => {
  server = await startTestRedis()
  redis = new Redis(server.url)
  otherRedis = new Redis(server.url)
  locks = createLocks(redis)
  otherLocks = createLocks(otherRedis)
})

afterAll(async () => {
  locks.close()
  otherLocks.close()
  redis.disconnect()
  otherRedis.disconnect()
  await server.stop()
})

beforeEach(() => redis.flushall())

const queued = (count: number) => expect.poll(() => redis.zcard(keys.waiters)).toBe(count)

test('fair waiters are served in the order in which they asked, whatever connection they asked on', async () => {
  const first = await locks.acquire('item:7', fair)
  const served: number[] = []
  const waiters: Promise<void>[] = []
  for (let place = 0; place < 8; place++) {
    const through = place % 2 ? locks : otherLocks
    waiters.push(
      through.using('item:7', fair, async () => {
        served.push(place)
      }),
    )
    await queued(place + 1)
  }
  await first.release()
  await Promise.all(waiters)
  expect(served).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
  expect(await redis.exists(keys.waiters, keys.seen)).toBe(0)
})

test('a fair waiter that gives up hands its turn on at once', async () => {
  // The lock is free, but it is this silent owner's turn.
  await acquireLease(redis, keys, 'holder', 60_000, 0)
  await acquireLease(redis, keys, 'silent', 1_000, 5_000)
  await redis.del(keys.lock)
  const waiting = locks.acquire('item:7', fair)
  await queued(2)
  await expect.poll(() => redis.pubsub('NUMSUB', keys.channel)).toEqual([keys.channel, 1])
  expect(await releaseLease(redis, keys, 'silent')).toBe('lost')
  await using lock = await waiting
  expect(lock.fence).toBe(2n)
})

test('a fair waiter whose wait is over leaves the queue', async () => {
  await using lock = await locks.acquire('item:7', fair)
  const waiting = otherLocks.acquire('item:7', { ...fair, waitMs: 200 })
  await expect(waiting).rejects.toBeInstanceOf(LockTimeoutError)
  await queued(0)
  expect(await lock.release()).toBe('released')
})

test('a waiter that died in the queue drops out after a bounded time', async () => {
  await acquireLease(redis, keys, 'holder', 60_000, 0)
  await acquireLease(redis, keys, 'dead', 1_000, 2_000)
  const waiting = locks.acquire('item:7', fair)
  await queued(2)
  await releaseLease(redis, keys, 'holder')
  const freeAt = performance.now()
  await using lock = await waiting
  expect(performance.now() - freeAt).toBeLessThan(10_000)
  expect(await redis.zscore(keys.waiters, 'dead')).toBeNull()
  expect(lock.fence).toBe(2n)
})

test('a waiter from before the clock was set back does not hold up the queue', async () => {
  const first = await locks.acquire('item:7', fair)
  await redis.zadd(keys.waiters, 0, 'from the future')
  await redis.zadd(keys.seen, Date.now() + 3_600_000, 'from the future')
  const waiting = otherLocks.acquire('item:7', fair)
  await expect.poll(() => redis.zscore(keys.waiters, 'from the future')).toBeNull()
  await first.release()
  expect(await (await waiting).release()).toBe('released')
})
