import { startTestRedis } from '@flash-sale/testing/test-redis'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { locked, lockedBy } from './locked.ts'
import { createLocks, type Locks } from './locks.ts'
import { createRedlock } from './redlock/redlock.ts'
import { createSemaphores } from './semaphore/semaphores.ts'
import { createLockSets } from './several/lock-sets.ts'

// The `@Locked` syntax itself runs in contender.fixture.ts: tsc and tsx lower decorators, vitest's transformer does not.

interface Item {
  readonly id: number
}

let server: Awaited<ReturnType<typeof startTestRedis>>
let redis: Redis
let locks: Locks

beforeAll(async () => {
  server = await startTestRedis()
  redis = new Redis(server.url)
  locks = createLocks(redis)
})

afterAll(async () => {
  locks.close()
  redis.disconnect()
  await server.stop()
})

test('a locked function holds the lock named for its arguments, and keeps its signature', async () => {
  const restock = locked(locks, (item: Item) => `item:${item.id}`, { leaseMs: 5_000 })(
    async (item: Item, units: number) => ({ id: item.id, units, heldLocks: await redis.exists('{item:7}:lock') }),
  )
  expect(await restock({ id: 7 }, 100)).toEqual({ id: 7, units: 100, heldLocks: 1 })
  expect(await redis.exists('{item:7}:lock')).toBe(0)
})

test('a locked method keeps its `this`', async () => {
  const Locked = lockedBy(locks, { leaseMs: 5_000 })
  const shop = {
    city: 'Hangzhou',
    close: Locked((item: Item) => `item:${item.id}`)(async function (this: { city: string }, item: Item) {
      return `${item.id} closed in ${this.city}`
    }),
  }
  expect(await shop.close({ id: 8 })).toBe('8 closed in Hangzhou')
})

const nameOf = (item: Item) => `item:${item.id}`

test('several locks, a Redlock and a semaphore wrap a method as well', async () => {
  const redlock = createRedlock([redis])
  const semaphores = createSemaphores(redis)
  const leaseMs = 5_000
  const heldKeys = async (_item: Item) => (await redis.keys('*')).filter((key) => !key.endsWith(':fence')).toSorted()
  const ofSet = lockedBy(createLockSets(locks), { leaseMs })((item: Item) => [nameOf(item), 'stock'])
  expect(await ofSet(heldKeys)({ id: 7 })).toEqual(['{item:7}:lock', '{stock}:lock'])
  const ofMasters = lockedBy(redlock, { leaseMs, answerMs: 2_000 })(nameOf)
  expect(await ofMasters(heldKeys)({ id: 7 })).toEqual(['{item:7}:lock'])
  const ofSemaphore = lockedBy(semaphores, { leaseMs, limit: 2 })(nameOf)
  expect(await ofSemaphore(heldKeys)({ id: 7 })).toEqual(['{item:7}:permits'])
  expect(await heldKeys({ id: 7 })).toEqual([])
  redlock.close()
  semaphores.close()
})
