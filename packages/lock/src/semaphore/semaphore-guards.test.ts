import { connectTestRedis } from '@flash-sale/testing/connect-test-redis'
import { collectTests, testScriptGuards } from '@flash-sale/testing/test-every-guard'
import type { Redis } from 'ioredis'
import { afterAll, beforeAll, expect } from 'vitest'
import { hashTagOf } from '../lock-keys.ts'
import { renewPermit, returnPermit, semaphoreKeys, takePermit, type SemaphoreKeys } from './permit-scripts.ts'

/** These tests run on the real scripts, and again on mutants. */
const { test, tests } = collectTests()

let redis: Redis
let close: () => Promise<void>
let lastSemaphore = 0

beforeAll(async () => ({ redis, close } = await connectTestRedis()))
afterAll(() => close())

const leaseMs = 10_000

function aSemaphore(): SemaphoreKeys {
  return semaphoreKeys(hashTagOf(`semaphore:${(lastSemaphore += 1)}`))
}

const taken = { taken: true }
const busy = { taken: false, busyMs: expect.any(Number) }

/** As if the permit had ended by time, and nobody had taken one since. */
const end = (keys: SemaphoreKeys, owner: string) => redis.zadd(keys.permits, 1, owner)

test('as many permits are given as there are', async () => {
  const keys = aSemaphore()
  expect(await takePermit(redis, keys, 'ann', leaseMs, 2)).toEqual(taken)
  expect(await takePermit(redis, keys, 'bob', leaseMs, 2)).toEqual(taken)
  expect(await takePermit(redis, keys, 'cid', leaseMs, 2)).toEqual(busy)
  expect(await returnPermit(redis, keys, 'ann')).toBe('released')
  expect(await takePermit(redis, keys, 'cid', leaseMs, 2)).toEqual(taken)
})

test('an owner whose command was sent again takes its own permit again', async () => {
  const keys = aSemaphore()
  expect(await takePermit(redis, keys, 'ann', leaseMs, 1)).toEqual(taken)
  expect(await takePermit(redis, keys, 'ann', leaseMs, 1)).toEqual(taken)
  expect(await redis.zcard(keys.permits)).toBe(1)
})

test('a permit that ended is free for others, and is neither renewed nor given back', async () => {
  const keys = aSemaphore()
  await takePermit(redis, keys, 'ann', leaseMs, 1)
  expect(await renewPermit(redis, keys, 'ann', leaseMs)).toBe(true)
  await end(keys, 'ann')
  expect(await renewPermit(redis, keys, 'ann', leaseMs)).toBe(false)
  expect(await returnPermit(redis, keys, 'ann')).toBe('lost')
  await takePermit(redis, keys, 'bob', leaseMs, 1)
  await end(keys, 'bob')
  expect(await takePermit(redis, keys, 'cid', leaseMs, 1)).toEqual(taken)
  expect(await redis.zrange(keys.permits, '0', '-1')).toEqual(['cid'])
})

test('the key ends with the permit that lasts longest', async () => {
  const keys = aSemaphore()
  await takePermit(redis, keys, 'ann', leaseMs, 2)
  await takePermit(redis, keys, 'bob', 50, 2)
  expect(await redis.pttl(keys.permits)).toBeGreaterThan(5_000)
  await renewPermit(redis, keys, 'bob', 2 * leaseMs)
  await renewPermit(redis, keys, 'ann', 50)
  expect(await redis.pttl(keys.permits)).toBeGreaterThan(leaseMs)
})

testScriptGuards({
  folder: new URL('.', import.meta.url),
  prefix: 'semaphore:',
  tests,
  connection: () => redis,
  use: (connection) => (redis = connection),
})
