import { connectTestRedis } from '@flash-sale/testing/connect-test-redis'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { LockLostError, LockTimeoutError } from '../lock-errors.ts'
import { createSemaphores, type Semaphores } from './semaphores.ts'

let redis: Redis
let otherRedis: Redis
let close: () => Promise<void>
let semaphores: Semaphores
let others: Semaphores

beforeAll(async () => {
  const connected = await connectTestRedis()
  ;({ redis, close } = connected)
  otherRedis = new Redis(connected.server.url)
  semaphores = createSemaphores(redis)
  others = createSemaphores(otherRedis)
})

afterAll(async () => {
  semaphores.close()
  others.close()
  otherRedis.disconnect()
  await close()
})

beforeEach(() => redis.flushall())

const two = { leaseMs: 20_000, limit: 2 }

test('at most so many hold a semaphore at a time, on every connection, and all get their turn', async () => {
  let inside = 0
  let insideMost = 0
  const work = async (): Promise<void> => {
    inside += 1
    insideMost = Math.max(insideMost, inside)
    await redis.ping()
    inside -= 1
  }
  const contend = (through: Semaphores) => through.using('export', { ...two, limit: 3 }, work)
  await Promise.all(Array.from({ length: 30 }, (_, i) => contend(i % 2 === 0 ? semaphores : others)))
  expect(insideMost).toBeGreaterThan(1)
  expect(insideMost).toBeLessThanOrEqual(3)
  expect(await redis.keys('*')).toEqual([])
})

test('a full semaphore is busy, and a waiter is woken when a permit comes back', async () => {
  const first = await semaphores.acquire('export', two)
  await using _second = await others.acquire('export', two)
  expect(await semaphores.tryAcquire('export', two)).toBeUndefined()
  const refused = await semaphores.acquire('export', { ...two, waitMs: 20 }).catch((error: unknown) => error)
  expect(refused).toBeInstanceOf(LockTimeoutError)
  expect(refused).toMatchObject({ lockName: 'export', holderRemainingMs: expect.any(Number) })
  const waiting = others.acquire('export', two)
  await first.release()
  expect(await (await waiting).release()).toBe('released')
})

test('the permit of a holder that died is free when its lease ends', async () => {
  await semaphores.acquire('export', { leaseMs: 400, limit: 1, renew: false })
  await using next = await others.acquire('export', { leaseMs: 20_000, limit: 1 })
  expect(next.remainingMs).toBeGreaterThan(0)
})

test('a permit is renewed while the work goes on', async () => {
  await using permit = await semaphores.acquire('export', { leaseMs: 1_500, limit: 1 })
  const { deadline } = permit
  await expect.poll(() => permit.deadline, { timeout: 10_000 }).toBeGreaterThan(deadline + 900)
  expect(permit.signal.aborted).toBe(false)
})

test('work that outlived its permit is no success', async () => {
  const outliving = semaphores.using('export', two, async () => {
    await redis.del('{export}:permits')
  })
  await expect(outliving).rejects.toBeInstanceOf(LockLostError)
})

test.each([0, 1.5, NaN])('refuses a limit of %d', async (limit) => {
  await expect(semaphores.acquire('export', { leaseMs: 1_000, limit })).rejects.toThrow(/limit must/)
})
