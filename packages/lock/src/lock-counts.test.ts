import { connectTestRedis } from '@flash-sale/testing/connect-test-redis'
import type { Redis } from 'ioredis'
import { Counter, Gauge, Registry } from 'prom-client'
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest'
import { countLocks } from './lock-counts.ts'
import { onLockEvent, type LockEvents } from './lock-events.ts'
import { createLocks, type Locks } from './locks.ts'
import { createRedlock, type Redlock } from './redlock/redlock.ts'
import { createSemaphores, type Semaphores } from './semaphore/semaphores.ts'

let redis: Redis
let close: () => Promise<void>
let locks: Locks
let redlock: Redlock
let semaphores: Semaphores

beforeAll(async () => {
  ;({ redis, close } = await connectTestRedis())
  locks = createLocks(redis)
  redlock = createRedlock([redis])
  semaphores = createSemaphores(redis)
})

afterAll(async () => {
  for (const one of [locks, redlock, semaphores]) one.close()
  await close()
})

beforeEach(() => redis.flushall())

const options = { leaseMs: 20_000, answerMs: 10_000, limit: 1 }

test('every acquisition and its end are counted, for each kind of lock', async () => {
  const counts = countLocks()
  onTestFinished(() => counts.close())
  for (const kind of [locks, redlock, semaphores]) {
    const held = await kind.acquire('item:7', options)
    await kind.tryAcquire('item:7', options)
    await kind.acquire('item:7', { ...options, signal: AbortSignal.abort() }).catch(() => undefined)
    const { lock, redlock: ofMasters, semaphore } = counts.read()
    expect(lock.held + ofMasters.held + semaphore.held).toBe(1)
    await held.release()
    const lost = await kind.acquire('item:7', options)
    await redis.flushall()
    await lost.release()
  }
  const each = { acquired: 2, timedOut: 1, aborted: 1, unanswered: 0, failed: 0, released: 1, lost: 1, held: 0 }
  expect(counts.read()).toMatchObject({ lock: each, redlock: each, semaphore: each })
  expect(counts.read().lock.heldMs).toBeGreaterThan(0)
})

test('a renewal is counted, and so is a failure that is none of the lock', async () => {
  const counts = countLocks()
  onTestFinished(() => counts.close())
  await using held = await locks.acquire('item:7', { leaseMs: 600 })
  await expect.poll(() => counts.read().lock.renewed, { timeout: 10_000 }).toBeGreaterThan(0)
  expect(held.signal.aborted).toBe(false)
  await redis.hset('{item:8}:lock', 'not', 'a lock')
  await expect(locks.acquire('item:8', { leaseMs: 600 })).rejects.toThrow('WRONGTYPE')
  expect(counts.read().lock.failed).toBe(1)
})

test('what is told names the lock and its holder, and ends once: by a release or by a loss', async () => {
  const told: [keyof LockEvents, object][] = []
  const stops = (['acquired', 'refused', 'renewed', 'lost', 'released'] as const).map((what) =>
    onLockEvent(what, (event) => told.push([what, event])),
  )
  const held = await locks.acquire('item:7', { leaseMs: 300, renew: false })
  await new Promise((resolve) => held.signal.addEventListener('abort', resolve))
  await held.release()
  for (const stop of stops) stop()
  await locks.using('item:7', { leaseMs: 20_000 }, async () => {})
  const lease = { kind: 'lock', lockName: 'item:7', owner: held.owner }
  expect(told).toEqual([
    ['acquired', { ...lease, waitedMs: expect.any(Number) }],
    ['lost', { ...lease, lostBy: 'deadline', heldMs: expect.any(Number) }],
  ])
})

test('prom-client reads the counts when it is asked', async () => {
  const counts = countLocks()
  onTestFinished(() => counts.close())
  const registry = new Registry()
  const common = { help: 'as in README.md', labelNames: ['kind' as const], registers: [registry] }
  const heldCount = () => Object.entries(counts.read()).map(([kind, { held }]) => [kind, held] as const)
  const acquiredCount = () => Object.entries(counts.read()).map(([kind, { acquired }]) => [kind, acquired] as const)
  void new Gauge({
    ...common,
    name: 'locks_held',
    collect() {
      for (const [kind, held] of heldCount()) this.set({ kind }, held)
    },
  })
  void new Counter({
    ...common,
    name: 'locks_acquired_total',
    collect() {
      this.reset()
      for (const [kind, acquired] of acquiredCount()) this.inc({ kind }, acquired)
    },
  })
  await locks.using('item:7', { leaseMs: 20_000 }, async () => {})
  await using _held = await semaphores.acquire('item:7', options)
  for (let reading = 0; reading < 2; reading += 1) {
    const text = await registry.metrics()
    expect(text).toContain('locks_held{kind="lock"} 0')
    expect(text).toContain('locks_held{kind="semaphore"} 1')
    expect(text).toContain('locks_acquired_total{kind="lock"} 1')
  }
})
