import { startTestRedis } from '@flash-sale/testing/test-redis'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { Bell } from './bell.ts'
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
  otherLocks = createLocks(otherRedis, { noticesKeptMs: 0 })
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

/** From here on waiters never look by themselves, so that only what rings their bell wakes them. */
function neverLookUnasked(): void {
  // oxlint-disable-next-line typescript/unbound-method -- called with its bell below
  const { wait } = Bell.prototype
  const spy = vi.spyOn(Bell.prototype, 'wait').mockImplementation(function (this: Bell) {
    return wait.call(this, 3_600_000)
  })
  onTestFinished(() => spy.mockRestore())
}

test('a waiter asks only at long intervals', async () => {
  await using _lock = await locks.acquire('item:7', { leaseMs: 30_000 })
  const controller = new AbortController()
  const waiting = otherLocks.acquire('item:7', { leaseMs: 5_000, waitMs: 20_000, signal: controller.signal })
  await expect.poll(() => subscribers('{item:7}:released')).toBe(1)
  const beganAt = performance.now()
  const before = await scriptCalls()
  await new Promise((resolve) => setTimeout(resolve, 500))
  const askedCount = (await scriptCalls()) - before
  // One more for the check when the subscription stands.
  expect(askedCount).toBeLessThanOrEqual(1 + (performance.now() - beganAt) / 1_000)
  controller.abort()
  await expect(waiting).rejects.toThrow(LockAbortedError)
})

test('a waiter is woken by the release', async () => {
  neverLookUnasked()
  const lock = await locks.acquire('item:7', { leaseMs: 30_000 })
  const waiting = otherLocks.acquire('item:7', { leaseMs: 5_000, waitMs: 20_000 })
  await expect.poll(() => subscribers('{item:7}:released')).toBe(1)
  await lock.release()
  await using next = await waiting
  expect(next.fence).toBe(lock.fence + 1n)
})

test('a waiter takes over from a holder that died, when its lease ends', async () => {
  const wait = vi.spyOn(Bell.prototype, 'wait')
  onTestFinished(() => wait.mockRestore())
  await locks.acquire('item:7', { leaseMs: 600, renew: false })
  await using next = await otherLocks.acquire('item:7', { leaseMs: 5_000 })
  for (const [msMax] of wait.mock.calls) expect(msMax).toBeLessThanOrEqual(601)
  expect(next.fence).toBe(2n)
})

test('a waiter gives up after waitMs, saying how long it waited and what the holder has left', async () => {
  await using lock = await locks.acquire('item:7', { leaseMs: 60_000 })
  const error = await otherLocks.acquire('item:7', { leaseMs: 5_000, waitMs: 300 }).catch((cause: unknown) => cause)
  if (!(error instanceof LockTimeoutError)) throw error
  expect(error).toMatchObject({ name: 'LockTimeoutError', lockName: 'item:7' })
  expect(error.waitedMs).toBeGreaterThanOrEqual(300)
  expect(error.waitedMs).toBeLessThan(10_000)
  expect(error.holderRemainingMs).toBeGreaterThan(40_000)
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
  expect(performance.now() - releasedAt).toBeLessThan(10_000)
  expect(next.fence).toBe(2n)
})

test('a waiter does not miss a release that came between its question and its subscription', async () => {
  neverLookUnasked()
  const lock = await locks.acquire('item:7', { leaseMs: 30_000 })
  const subscriber = new Redis(server.url)
  const subscribe = subscriber.subscribe.bind(subscriber)
  vi.spyOn(subscriber, 'subscribe').mockImplementationOnce(async (channel) => {
    await lock.release()
    return subscribe(String(channel))
  })
  const patient = createLocks(otherRedis, { subscriber, noticesKeptMs: 0 })
  await using next = await patient.acquire('item:7', { leaseMs: 5_000, waitMs: 20_000 })
  expect(next.fence).toBe(2n)
  patient.close()
  subscriber.disconnect()
})

test('a waiter is woken on a connection with a key prefix too', async () => {
  neverLookUnasked()
  const prefixed = new Redis(server.url, { keyPrefix: 'shop:' })
  const prefixedLocks = createLocks(prefixed)
  const lock = await prefixedLocks.acquire('item:7', { leaseMs: 30_000 })
  const waiting = prefixedLocks.acquire('item:7', { leaseMs: 5_000, waitMs: 20_000 })
  await expect.poll(() => subscribers('{item:7}:released')).toBe(1)
  await lock.release()
  await using next = await waiting
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

test('a process that waited a moment ago listens still, and asks once less', async () => {
  neverLookUnasked()
  const lingering = createLocks(otherRedis, { noticesKeptMs: 20_000 })
  onTestFinished(() => lingering.close())
  const handOver = async (): Promise<number> => {
    const before = await scriptCalls()
    const lock = await locks.acquire('item:7', { leaseMs: 30_000 })
    const waiting = lingering.acquire('item:7', { leaseMs: 5_000, waitMs: 20_000, fair: true })
    await expect.poll(() => redis.zcard('{item:7}:waiters')).toBe(1)
    await expect.poll(() => subscribers('{item:7}:released')).toBe(1)
    await lock.release()
    await (await waiting).release()
    return (await scriptCalls()) - before
  }
  await handOver()
  // Taken, asked for, released, asked for by the one whose turn it is, released.
  expect(await handOver()).toBe(5)
})
