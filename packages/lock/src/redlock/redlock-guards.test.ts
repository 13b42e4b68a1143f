import { connectTestRedis } from '@flash-sale/testing/connect-test-redis'
import { collectTests, testScriptGuards } from '@flash-sale/testing/test-every-guard'
import type { Redis } from 'ioredis'
import { afterAll, beforeAll, expect } from 'vitest'
import { hashTagOf, lockKeys, type LockKeys } from '../lock-keys.ts'
import { createMaster } from './master.ts'

/** These tests run on the real scripts, and again on mutants. */
const { test, tests } = collectTests()

let redis: Redis
let close: () => Promise<void>
let lastLock = 0

beforeAll(async () => ({ redis, close } = await connectTestRedis()))
afterAll(() => close())

const leaseMs = 10_000

function aLock(): LockKeys {
  return lockKeys(hashTagOf(`lock:${(lastLock += 1)}`))
}

test('a master gives its vote to one owner at a time, and says whose it is', async () => {
  const keys = aLock()
  const master = createMaster(redis)
  expect(await master.vote(keys, 'ann', leaseMs)).toEqual({ isGiven: true })
  expect(await master.vote(keys, 'bob', leaseMs)).toEqual({ isGiven: false, owner: 'ann', busyMs: expect.any(Number) })
  expect(await redis.get(keys.lock)).toBe('ann')
  expect(await master.release(keys, 'bob')).toBe('lost')
  expect(await master.release(keys, 'ann')).toBe('released')
  expect(await master.vote(keys, 'bob', leaseMs)).toEqual({ isGiven: true })
})

test('a vote is given back by its owner only', async () => {
  const keys = aLock()
  const master = createMaster(redis)
  await master.vote(keys, 'ann', leaseMs)
  await master.returnVote(keys, 'bob')
  expect(await redis.get(keys.lock)).toBe('ann')
  await master.returnVote(keys, 'ann')
  expect(await redis.exists(keys.lock)).toBe(0)
})

test('an owner gets its own vote again, for a whole lease', async () => {
  const keys = aLock()
  const master = createMaster(redis)
  await master.vote(keys, 'ann', 50)
  expect(await master.vote(keys, 'ann', leaseMs)).toEqual({ isGiven: true })
  expect(await redis.pttl(keys.lock)).toBeGreaterThan(5_000)
})

testScriptGuards({
  folder: new URL('.', import.meta.url),
  prefix: 'redlock:',
  tests,
  connection: () => redis,
  use: (connection) => (redis = connection),
})
