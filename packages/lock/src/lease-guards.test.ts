import { connectTestRedis } from '@flash-sale/testing/connect-test-redis'
import { collectTests, testScriptGuards } from '@flash-sale/testing/test-every-guard'
import type { Redis } from 'ioredis'
import { afterAll, beforeAll, expect } from 'vitest'
import { acquireLease, readHolder, releaseLease, renewLease } from './lease-scripts.ts'
import { hashTagOf, lockKeys, type LockKeys } from './lock-keys.ts'

/** These tests run on the real scripts, and again on mutants. */
const { test, tests } = collectTests()

let redis: Redis
let close: () => Promise<void>
let lastLock = 0

beforeAll(async () => ({ redis, close } = await connectTestRedis()))
afterAll(() => close())

const leaseMs = 10_000
const aliveMs = 5_000

function aLock(): LockKeys {
  return lockKeys(hashTagOf(`lock:${(lastLock += 1)}`))
}

const taken = { taken: true, fence: expect.any(BigInt) }
const busy = { taken: false, busyMs: expect.any(Number) }

test('a lease is taken, renewed and given up by its owner only', async () => {
  const keys = aLock()
  expect(await acquireLease(redis, keys, 'ann', leaseMs, 0)).toEqual(taken)
  expect(await acquireLease(redis, keys, 'bob', leaseMs, 0)).toEqual(busy)
  expect(await renewLease(redis, keys, 'bob', leaseMs)).toBe(false)
  expect(await releaseLease(redis, keys, 'bob')).toBe('lost')
  expect(await renewLease(redis, keys, 'ann', leaseMs)).toBe(true)
  expect(await releaseLease(redis, keys, 'ann')).toBe('released')
})

test('an owner whose command was sent again takes its own lease again', async () => {
  const keys = aLock()
  expect(await acquireLease(redis, keys, 'ann', leaseMs, 0)).toMatchObject({ fence: 1n })
  expect(await acquireLease(redis, keys, 'ann', leaseMs, aliveMs)).toMatchObject({ fence: 2n })
  expect(await redis.zcard(keys.waiters)).toBe(0)
})

test('waiters are served in the order in which they first asked', async () => {
  const keys = aLock()
  await acquireLease(redis, keys, 'holder', leaseMs, 0)
  for (const owner of ['ann', 'bob', 'ann'])
    expect(await acquireLease(redis, keys, owner, leaseMs, aliveMs)).toEqual(busy)
  expect(await redis.zrange(keys.waiters, '0', '-1')).toEqual(['ann', 'bob'])
  await releaseLease(redis, keys, 'holder')
  expect(await acquireLease(redis, keys, 'bob', leaseMs, aliveMs)).toEqual(busy)
  expect(await acquireLease(redis, keys, 'ann', leaseMs, aliveMs)).toEqual(taken)
})

test('a waiter that leaves while the lock is free tells the next', async () => {
  const keys = aLock()
  await acquireLease(redis, keys, 'holder', leaseMs, 0)
  await acquireLease(redis, keys, 'ann', leaseMs, aliveMs)
  await acquireLease(redis, keys, 'bob', leaseMs, aliveMs)
  await redis.del(keys.lock)
  const listener = redis.duplicate()
  const told: string[] = []
  listener.on('message', (_channel, owner) => told.push(owner))
  await listener.subscribe(keys.channel)
  await releaseLease(redis, keys, 'ann')
  // Messages of one channel come in order, so nothing is still to come after this one.
  await redis.publish(keys.channel, 'last')
  await expect.poll(() => told.at(-1)).toBe('last')
  listener.disconnect()
  expect(told).toEqual(['bob', 'last'])
})

test('a holder is named by its own label, since when it first took the lease', async () => {
  const keys = aLock()
  expect(await readHolder(redis, keys)).toBeUndefined()
  await acquireLease(redis, keys, 'ann', leaseMs, 0, 'the first')
  const told = (await redis.get(keys.holder))!
  await redis.set(keys.holder, told.replace(/ \d+ /, ' 7 '))
  await acquireLease(redis, keys, 'ann', leaseMs, 0, 'the first')
  expect(await readHolder(redis, keys)).toMatchObject({ owner: 'ann', label: 'the first', sinceMs: 7 })
  await redis.del(keys.lock)
  await acquireLease(redis, keys, 'bob', leaseMs, 0)
  expect(await readHolder(redis, keys)).toMatchObject({ owner: 'bob', label: undefined })
})

testScriptGuards({
  folder: new URL('.', import.meta.url),
  prefix: 'lock:',
  tests,
  connection: () => redis,
  use: (connection) => (redis = connection),
})
