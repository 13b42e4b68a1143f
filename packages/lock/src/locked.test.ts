import { startTestRedis } from '@flash-sale/testing/test-redis'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { locked, lockedBy } from './locked.ts'
import { createLocks, type Locks } from './locks.ts'

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
