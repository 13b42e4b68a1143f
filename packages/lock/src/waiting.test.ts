import { startTestRedis } from '@flash-sale/testing/test-redis'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { LockAbortedError, LockTimeoutError } from './lock-errors.ts'
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

async function scriptCalls(): Promise<number> {
  const stats = await redis.info('commandstats')
  return [...stats.matchAll(/cmdstat_eval(?:sha)?:calls=(\d+)/g)].reduce((sum, [, calls]) => sum + Number(calls), 0)
}

async function subscribers(channel: string): Promise<number> {
  const [, count] = await redis.pubsub('NUMSUB', channel)
  return Number(count)
}

test('a waiter is woken by the release, having asked only at long intervals meanwhile', async () => {
  const lock = await locks.acquire('item:7', { leaseMs: 30_000 })
  const waiting = otherLocks.acquire('item:7', { leaseMs: 5_000, waitMs: 20_000 })
  await expect.poll(() => subscribers('{item:7}:released')).toBe(1)
  const before = await scriptCalls()
  await new Promise((resolve) => setTimeout(resolve, 2_500))
  expect((await scriptCalls()) - before).toBeLessThanOrEqual(3)

  const releasedAt = performance.now()
  await lock.release()
  await using next = await waiting
  expect(performance.now() - releasedAt).toBeLessThan(500)
  expect(next.fence).toBe(lock.fence + 1n)
})

test('a waiter takes over from a holder that died, when its lease ends', async () => {
  await locks.acquire('item:7', { leaseMs: 400, renew: false })
  const startedAt = performance.now()
  await using next = await otherLocks.acquire('item:7', { leaseMs: 5_000 })
  expect(performance.now() - startedAt).toBeGreaterThan(300)
  expect(performance.now() - startedAt).toBeLessThan(900)
  expect(next.fence).toBe(2n)
})

test('a waiter gives up after waitMs, saying how long it waited and what the holder has left', async () => {
  await using lock = await locks.acquire('item:7', { leaseMs: 10_000 })
  const error = await otherLocks.acquire('item:7', { leaseMs: 5_000, waitMs: 300 }).catch((cause: unknown) => cause)
  if (!(error instanceof LockTimeoutError)) throw error
  expect(error).toMatchObject({ name: 'LockTimeoutError', lockName: 'item:7' })
  expect(error.waitedMs).toBeGreaterThanOrEqual(300)
  expect(error.waitedMs).toBeLessThan(2_000)
  expect(error.holderRemainingMs).toBeGreaterThan(8_000)
  expect(await lock.release()).toBe('released')
})

test('a waiter gives up when its signal aborts, at once and with the reason', async () => {
  await using lock = await locks.acquire('item:7', { leaseMs: 10_000 })
  const controller = new AbortController()
  const waiting = otherLocks.acquire('item:7', { leaseMs: 5_000, waitMs: 20_000, signal: controller.signal })
  await expect.poll(() => subscribers('{item:7}:released')).toBe(1)
  const reason = new Error('the buyer left')
  controller.abort(reason)
  await expect(waiting).rejects.toMatchObject({ name: 'LockAbortedError', lockName: 'item:7', cause: reason })
  await expect.poll(() => subscribers('{item:7}:released')).toBe(0)
  expect(await lock.release()).toBe('released')
})

test('a waiter whose signal was aborted before never asks', async () => {
  const before = await scriptCalls()
  const waiting = locks.acquire('item:7', { leaseMs: 5_000, signal: AbortSignal.abort() })
  await expect(waiting).rejects.toBeInstanceOf(LockAbortedError)
  expect(await scriptCalls()).toBe(before)
})

test('a waiter still gets the lock when the connection that would wake it is killed', async () => {
  const lock = await locks.acquire('item:7', { leaseMs: 30_000 })
  const waiting = otherLocks.acquire('item:7', { leaseMs: 5_000, waitMs: 20_000 })
  await expect.poll(() => subscribers('{item:7}:released')).toBe(1)
  // Sent back to back, so that the notice finds nobody.
  const killed = redis.call('CLIENT', 'KILL', 'TYPE', 'pubsub')
  await lock.release()
  expect(await killed).toBe(1)
  const releasedAt = performance.now()
  await using next = await waiting
  expect(performance.now() - releasedAt).toBeLessThan(1_500)
  expect(next.fence).toBe(2n)
})

test('a waiter does not miss a release that came between its question and its subscription', async () => {
  const lock = await locks.acquire('item:7', { leaseMs: 30_000 })
  const subscriber = new Redis(server.url)
  const subscribe = subscriber.subscribe.bind(subscriber)
  vi.spyOn(subscriber, 'subscribe').mockImplementationOnce(async (channel) => {
    await lock.release()
    return subscribe(String(channel))
  })
  const patient = createLocks(otherRedis, { subscriber })
  const askedAt = performance.now()
  await using next = await patient.acquire('item:7', { leaseMs: 5_000, waitMs: 20_000 })
  expect(performance.now() - askedAt).toBeLessThan(800)
  expect(next.fence).toBe(2n)
  patient.close()
  subscriber.disconnect()
})

test('a waiter is woken on a connection with a key prefix too', async () => {
  const prefixed = new Redis(server.url, { keyPrefix: 'shop:' })
  const prefixedLocks = createLocks(prefixed)
  const lock = await prefixedLocks.acquire('item:7', { leaseMs: 30_000 })
  const waiting = prefixedLocks.acquire('item:7', { leaseMs: 5_000, waitMs: 20_000 })
  await expect.poll(() => subscribers('{item:7}:released')).toBe(1)
  await lock.release()
  const releasedAt = performance.now()
  await using next = await waiting
  expect(performance.now() - releasedAt).toBeLessThan(500)
  expect(await redis.get('shop:{item:7}:lock')).toBe(next.owner)
  prefixedLocks.close()
  await next.release()
  prefixed.disconnect()
})

test('a waiter is turned away when the locks are closed', async () => {
  await using lock = await locks.acquire('item:7', { leaseMs: 10_000 })
  const closing = createLocks(otherRedis)
  const waiting = closing.acquire('item:7', { leaseMs: 5_000, waitMs: 20_000 })
  const refused = expect(waiting).rejects.toBeInstanceOf(LockAbortedError)
  await expect.poll(() => subscribers('{item:7}:released')).toBe(1)
  closing.close()
  await refused
  await expect(closing.acquire('item:8', { leaseMs: 5_000 })).rejects.toThrow(LockAbortedError)
  expect(await lock.release()).toBe('released')
})
