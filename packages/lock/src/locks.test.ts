import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { startTestRedis } from '@flash-sale/testing/test-redis'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createLocks, type Locks } from './locks.ts'

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

const redisMs = async () => (await redis.time())[0]! * 1_000

async function failWhileHolding(name: string): Promise<void> {
  await using lock = await locks.acquire(name, { leaseMs: 5_000 })
  throw new Error(`work failed under fence ${lock.fence}`)
}

describe('a lock', () => {
  test('is the key that the stock scripts check, and its value is exactly the owner token', async () => {
    await using lock = await locks.acquire('item:7', { leaseMs: 60_000 })
    expect(await redis.get('{item:7}:lock')).toBe(lock.owner)
    expect(await redis.pttl('{item:7}:lock')).toBeGreaterThan(30_000)
  })

  test('keeps its fence for ever, or for as long as it is told to', async () => {
    for (const fenceKeptMs of [undefined, 20_000]) {
      const name = `fence kept ${fenceKeptMs}`
      await using lock = await locks.acquire(name, { leaseMs: 5_000, ...(fenceKeptMs && { fenceKeptMs }) })
      expect(lock.fence).toBe(1n)
      const leftMs = await redis.pttl(`{${name}}:fence`)
      if (fenceKeptMs) expect(leftMs).toBeGreaterThan(10_000)
      else expect(leftMs).toBe(-1)
    }
  })

  test('tells who holds it and since when, for as long as it is held', async () => {
    const told = { label: 'recount, by worker 3', remainingMs: expect.any(Number), sinceMs: expect.any(Number) }
    const beforeMs = await redisMs()
    const lock = await locks.acquire('item:7', { leaseMs: 4_000, label: 'recount, by worker 3' })
    const first = await otherLocks.holder('item:7')
    expect(first).toEqual({ owner: lock.owner, ...told })
    expect(first!.sinceMs).toBeGreaterThanOrEqual(beforeMs)
    expect(first!.sinceMs).toBeLessThan((await redisMs()) + 1_000)

    const deadline = lock.deadline
    await expect.poll(() => lock.deadline, { timeout: 10_000 }).toBeGreaterThan(deadline + 300)
    expect((await otherLocks.holder('item:7'))?.sinceMs).toBe(first?.sinceMs)
    await lock.release()
    expect(await otherLocks.holder('item:7')).toBeUndefined()
    expect(await redis.keys('*')).toEqual(['{item:7}:fence'])
  })

  test('is not said to be held by one who had it before', async () => {
    await locks.acquire('item:7', { leaseMs: 500, renew: false, label: 'the first' })
    await using lock = await otherLocks.acquire('item:7', { leaseMs: 5_000 })
    const silent = { owner: lock.owner, label: undefined, sinceMs: undefined, remainingMs: expect.any(Number) }
    expect(await locks.holder('item:7')).toEqual(silent)
  })

  test('leaves nothing but its fence when it was released', async () => {
    const lock = await locks.acquire('item:7', { leaseMs: 5_000, fair: true })
    expect(await lock.release()).toBe('released')
    expect(await redis.keys('*')).toEqual(['{item:7}:fence'])
  })

  test('is released at the end of an `await using` block, also when the block throws', async () => {
    await expect(failWhileHolding('item:7')).rejects.toThrow('work failed under fence 1')
    expect(await redis.exists('{item:7}:lock')).toBe(0)
  })

  test('gives every holder a larger fence than the one before, on every connection', async () => {
    const fences: bigint[] = []
    const work = ({ fence }: { fence: bigint }) => Promise.resolve(fences.push(fence))
    await Promise.all(
      Array.from({ length: 40 }, (_, index) =>
        (index % 2 ? locks : otherLocks).using('item:7', { leaseMs: 5_000, waitMs: 20_000 }, work),
      ),
    )
    expect(fences).toEqual(Array.from({ length: 40 }, (_, index) => BigInt(index + 1)))
  })

  test('can have its keys elsewhere', async () => {
    const elsewhere = createLocks(redis, { keyOf: (name) => `shop:{${name}}` })
    await using lock = await elsewhere.acquire('item:7', { leaseMs: 5_000 })
    expect(await redis.get('shop:{item:7}:lock')).toBe(lock.owner)
  })

  test.each([
    ['', 5_000],
    ['a{b}', 5_000],
    ['item:7', 0],
    ['item:7', 2.5],
    ['item:7', NaN],
  ])('refuses the name "%s" with a lease of %s ms', async (name, leaseMs) => {
    await expect(locks.acquire(name, { leaseMs })).rejects.toThrow(/must/)
    expect(await redis.keys('*')).toEqual([])
  })
})

describe('exclusion', () => {
  test('holds among many contenders on two connections and in two other processes', async () => {
    const contender = fileURLToPath(new URL('contender.fixture.ts', import.meta.url))
    const exits = [0, 1].map(() =>
      once(spawn(process.execPath, ['--import', 'tsx', contender, server.url, 'count', '40']), 'exit'),
    )
    let inside = 0
    const contend = (through: Locks) =>
      through.using('counter', { leaseMs: 5_000, waitMs: 30_000 }, async () => {
        inside += 1
        const value = Number(await redis.get('value:counter'))
        expect(inside).toBe(1)
        await redis.set('value:counter', value + 1)
        inside -= 1
      })
    await Promise.all(Array.from({ length: 40 }, (_, index) => contend(index % 2 ? locks : otherLocks)))
    expect(await Promise.all(exits)).toEqual([
      [0, null],
      [0, null],
    ])
    expect(await redis.get('value:counter')).toBe('120')
  })

  test('lets tryAcquire take a free lock and find a held one busy', async () => {
    const lock = await locks.tryAcquire('item:7', { leaseMs: 60_000 })
    expect(lock?.remainingMs).toBeGreaterThan(30_000)
    expect(await otherLocks.tryAcquire('item:7', { leaseMs: 5_000 })).toBeUndefined()
    await lock?.release()
  })

  test('is for one name: other locks are free', async () => {
    await using first = await locks.acquire('item:7', { leaseMs: 5_000, waitMs: 0 })
    await using second = await locks.acquire('item:8', { leaseMs: 5_000, waitMs: 0 })
    expect([first.fence, second.fence]).toEqual([1n, 1n])
  })
})
