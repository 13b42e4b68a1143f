import { collectTests } from '@flash-sale/testing/test-every-guard'
import { describe, expect } from 'vitest'
import { suspendLedger } from '../change-ledger.ts'
import { ledgerKeys } from '../ledger-keys.ts'
import { asHolder, makeLedger, rebuildClaim } from '../ledger.fixture.ts'
import { chunkOf, shortIdOf } from '../orders-chunk.fixture.ts'
import { readLedger } from '../read-ledger.ts'
import { beginRebuild, commitRebuild, dropHashes, emptyChunk, loadChunk, rememberedOrders } from '../rebuild-ledger.ts'
import { release } from '../release.ts'
import { aLedger, begin, claim, everything, nothingFound, redis, stampOf } from './guarded-ledger.fixture.ts'

const { test, tests } = collectTests()
export const rebuildTests = tests

describe('a rebuild', () => {
  const chunk = chunkOf({ order: '1:5:ann' })

  test('goes no step further in the hands of a former holder', async () => {
    const item = await aLedger()
    const head = await makeLedger(redis, item)
    await asHolder(redis, item, async (owner) => {
      const claimOfFormer = await rebuildClaim(redis, 'a former holder', head)
      expect(await beginRebuild(redis, item, claimOfFormer)).toBe('LEASE_LOST')
      const former = { ...(await begin(item, owner)), owner: 'a former holder' }
      const before = await everything(item)
      expect(await loadChunk(redis, former, chunk)).toBe('LEASE_LOST')
      expect(await dropHashes(redis, former)).toBe('LEASE_LOST')
      expect(await commitRebuild(redis, former, head)).toBe('LEASE_LOST')
      expect(await everything(item)).toEqual(before)
    })
  })

  test('writes nothing into another Redis than the one where it began, nor into a ledger that nobody rebuilds', async () => {
    const item = await aLedger()
    await asHolder(redis, item, async (owner) => {
      const nobodys = { itemId: item, birth: '1', owner, stamp: await stampOf(item), foundEpoch: 1, ...nothingFound }
      const whole = await everything(item)
      expect(await loadChunk(redis, nobodys, chunk)).toBe('ANOTHER_REDIS')
      expect(await dropHashes(redis, nobodys)).toBe('ANOTHER_REDIS')
      expect(await everything(item)).toEqual(whole)
      const elsewhere = { ...(await begin(item, owner)), stamp: 'f'.repeat(40) }
      const suspended = await everything(item)
      expect(await loadChunk(redis, elsewhere, chunk)).toBe('ANOTHER_REDIS')
      expect(await dropHashes(redis, elsewhere)).toBe('ANOTHER_REDIS')
      expect(await everything(item)).toEqual(suspended)
    })
  })

  test('writes what differs, in any order and any number of times, and nothing else', async () => {
    const item = await aLedger()
    const { orders, buyers } = ledgerKeys(item)
    await redis.hset(orders, shortIdOf('order'), '1:5:bob', 'other', '1:5:ann')
    await redis.set(buyers, 'a key of another type')
    await asHolder(redis, item, async (owner) => {
      const rebuild = await begin(item, owner)
      for (let i = 0; i < 2; i += 1) expect(await loadChunk(redis, rebuild, chunk)).toMatchObject({ kind: 'LOADED' })
      const long = { '\0': '-'.repeat(65) }
      expect(await redis.hgetall(orders)).toEqual({ ...long, [shortIdOf('order')]: '1:5:ann', other: '1:5:ann' })
      expect(await redis.hgetall(buyers)).toEqual({ ...long, ann: '1' })
      await redis.config('RESETSTAT')
      await loadChunk(redis, rebuild, chunk)
      expect(await redis.info('commandstats')).not.toContain('cmdstat_hset:')
    })
  })

  test('gives each buyer what the orders of the chunk hold, and says how much that is', async () => {
    const item = await aLedger()
    const orders = { a: '2:5:ann', b: '3:6:ann', c: '-4:7:ann', d: '!4:7:bob', e: '1:8:1:2:eve' }
    await asHolder(redis, item, async (owner) => {
      const rebuild = await begin(item, owner)
      const loaded = await loadChunk(redis, rebuild, chunkOf(orders))
      expect(loaded).toEqual({
        kind: 'LOADED',
        orderCount: 5,
        endedCount: 1,
        buyerCount: 2,
        heldUnits: 6,
        forgottenEnds: [],
      })
    })
    expect(await redis.hgetall(ledgerKeys(item).buyers)).toMatchObject({ ann: '5', '1:2:eve': '1' })
    expect(await redis.hlen(ledgerKeys(item).buyers)).toBe(3)
  })

  test('takes names as they are, whatever characters they have', async () => {
    const orders = { a: '1:5:O"Hara \\ Söhne', b: '2:5:", "', c: '1:6:eve\n', d: '-1:8:"', e: '1:9:李小龍' }
    const held = { 'O"Hara \\ Söhne': '1', '", "': '2', 'eve\n': '1', 李小龍: '1' }
    const item = await aLedger()
    const keys = ledgerKeys(item)
    await asHolder(redis, item, async (owner) => {
      const rebuild = await begin(item, owner)
      expect(await loadChunk(redis, rebuild, chunkOf(orders))).toMatchObject({ buyerCount: 4, heldUnits: 5 })
      expect(await redis.hmget(keys.orders, ...Object.keys(orders).map(shortIdOf))).toEqual(Object.values(orders))
      expect(await redis.hgetall(keys.buyers)).toEqual({ '\0': '-'.repeat(65), ...held })
    })
  })

  test('takes a chunk that is larger than what Lua can pass to a command', async () => {
    const item = await aLedger()
    const { orders } = ledgerKeys(item)
    const many = chunkOf(Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`o${i}`, `1:5:buyer-${i}`])))
    await asHolder(redis, item, async (owner) => {
      const rebuild = await begin(item, owner)
      for (let i = 0; i < 2; i += 1) {
        expect(await loadChunk(redis, rebuild, many)).toMatchObject({ orderCount: 10_000, heldUnits: 10_000 })
        expect(await redis.hlen(orders)).toBe(10_001)
        expect(await redis.hget(orders, shortIdOf('o9999'))).toBe('1:5:buyer-9999')
        await redis.hset(orders, shortIdOf('o9999'), '1:5:somebody else')
      }
    })
  })

  test('is committed once, in the Redis where it began, when its hashes hold what was loaded and nothing else', async () => {
    const item = await aLedger()
    const head = { ...(await makeLedger(redis, item)), epoch: 2 }
    await asHolder(redis, item, async (owner) => {
      const rebuild = await begin(item, owner)
      await loadChunk(redis, rebuild, emptyChunk)
      expect(await commitRebuild(redis, { ...rebuild, stamp: 'f'.repeat(40) }, head)).toBe('ANOTHER_REDIS')
      expect(await commitRebuild(redis, rebuild, { ...head, orderCount: 1 })).toBe('COUNTS_DIFFER')
      expect(await commitRebuild(redis, rebuild, { ...head, buyerCount: 1 })).toBe('COUNTS_DIFFER')
      expect(await commitRebuild(redis, rebuild, head)).toBe('COMMITTED')
      expect(await commitRebuild(redis, rebuild, head)).toBe('COMMITTED')
      expect(await commitRebuild(redis, rebuild, { ...head, epoch: 3 })).toBe('ANOTHER_REDIS')
    })
    expect(await readLedger(redis, item)).toMatchObject({ state: 'live', epoch: 2 })
  })

  test('tells how many of the orders ended, and its ledger counts on from there', async () => {
    const item = await aLedger()
    const head = { ...(await makeLedger(redis, await aLedger())), orderCount: 2, endedCount: 1, buyerCount: 1 }
    await asHolder(redis, item, async (owner) => {
      const rebuild = await begin(item, owner)
      const ended = chunkOf({ one: '-1:5:ann', two: '1:5:ann' })
      for (let i = 0; i < 2; i += 1) {
        expect(await loadChunk(redis, rebuild, ended)).toMatchObject({ orderCount: 2, endedCount: 1, buyerCount: 1 })
      }
      expect(await commitRebuild(redis, rebuild, head)).toBe('COMMITTED')
    })
    expect(await readLedger(redis, item)).toMatchObject({ endedCount: 1 })
    await release(redis, item, { ...claim, epoch: head.epoch }, ['one', 'two'].map(shortIdOf))
    expect(await readLedger(redis, item)).toMatchObject({ endedCount: 2 })
  })

  test('has no key of another type in its way', async () => {
    const item = await aLedger()
    const { orders, buyers } = ledgerKeys(item)
    for (const key of [orders, buyers]) await redis.set(key, 'a key of another type')
    await asHolder(redis, item, async (owner) => {
      await begin(item, owner)
      for await (const remembered of rememberedOrders(redis, item)) expect(remembered).toEqual([])
      expect(await redis.exists(orders, buyers)).toBe(0)
    })
  })

  test('starts its hashes afresh once they are dropped', async () => {
    const item = await aLedger()
    const { orders, buyers } = ledgerKeys(item)
    await redis.hset(orders, 'more', 'than Postgres has')
    const head = await makeLedger(redis, await aLedger())
    await asHolder(redis, item, async (owner) => {
      const rebuild = await begin(item, owner)
      await loadChunk(redis, rebuild, emptyChunk)
      expect(await commitRebuild(redis, rebuild, head)).toBe('COUNTS_DIFFER')
      expect(await dropHashes(redis, rebuild)).toBe('DROPPED')
      expect(await redis.exists(orders, buyers)).toBe(0)
      await loadChunk(redis, rebuild, emptyChunk)
      expect(await commitRebuild(redis, rebuild, head)).toBe('COMMITTED')
    })
  })
})

test('a rebuild finds what the ledger knew, also of a suspended one', async () => {
  const item = await aLedger({ total: 9, totalVersion: 4, purchaseLimit: 3, state: 'paused' })
  await suspendLedger(redis, item, { birth: '1', epoch: 1 })
  await suspendLedger(redis, item, { birth: '1', epoch: 1 })
  const begun = await asHolder(redis, item, async (owner) =>
    beginRebuild(redis, item, await rebuildClaim(redis, owner, { birth: '1', epoch: 1 })),
  )
  expect(begun).toMatchObject({ found: { epoch: 1, total: 9, totalVersion: 4, purchaseLimit: 3, state: 'paused' } })
})
