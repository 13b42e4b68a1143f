import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { startTestRedis } from '@flash-sale/testing/test-redis'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { LockLostError, LockUnansweredError } from './lock-errors.ts'
import { createLocks, type Locks } from './locks.ts'

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

beforeEach(() => redis.flushall())

const aborted = (signal: AbortSignal) => (signal.aborted ? Promise.resolve() : once(signal, 'abort'))

describe('a lease', () => {
  test('is renewed for as long as the work takes', async () => {
    await using lock = await locks.acquire('item:7', { leaseMs: 1_500 })
    const firstDeadline = lock.deadline
    await expect.poll(() => lock.deadline, { timeout: 10_000 }).toBeGreaterThan(firstDeadline + 900)
    expect(lock.signal.aborted).toBe(false)
    expect(await redis.get('{item:7}:lock')).toBe(lock.owner)
    expect(await lock.release()).toBe('released')
  })

  test('without renewal ends at its deadline, and its signal says so', async () => {
    const startedAt = performance.now()
    const lock = await locks.acquire('item:7', { leaseMs: 500, renew: false })
    expect(lock.deadline).toBeLessThan(performance.now() + 500)
    await aborted(lock.signal)
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(500)
    expect(lock.signal.reason).toMatchObject({ name: 'LockLostError', lockName: 'item:7', lostBy: 'deadline' })
    expect(lock.remainingMs).toBe(0)
    await lock.release()
  })

  test('is known to be lost as soon as a renewal finds another owner', async () => {
    const lock = await locks.acquire('item:7', { leaseMs: 3_000 })
    await redis.set('{item:7}:lock', 'another', 'PX', 15_000)
    await aborted(lock.signal)
    expect(lock.remainingMs).toBeGreaterThan(0)
    expect(lock.signal.reason).toMatchObject({ name: 'LockLostError', lostBy: 'gone' })
    expect(await lock.release()).toBe('lost')
    expect(await redis.get('{item:7}:lock')).toBe('another')
  })

  test('aborts its signal at the deadline when Redis stops answering', async () => {
    const lock = await locks.acquire('item:7', { leaseMs: 400 })
    server.kill('SIGSTOP')
    try {
      await aborted(lock.signal)
      expect(lock.signal.reason).toMatchObject({ lostBy: 'deadline' })
      await lock[Symbol.asyncDispose]()
    } finally {
      server.kill('SIGCONT')
    }
    await redis.ping()
  })

  test('is seen as over by a process that was too busy to run its timers', async () => {
    const lock = await locks.acquire('item:7', { leaseMs: 500, renew: false })
    const { deadline } = lock
    while (performance.now() <= deadline);
    expect(lock.signal.aborted).toBe(true)
    await lock.release()
  })

  test('counts from when the command was sent, so a slow answer shortens it', async () => {
    server.kill('SIGSTOP')
    const asking = locks.acquire('item:7', { leaseMs: 5_000, waitMs: 30_000, renew: false })
    await sleep(300)
    server.kill('SIGCONT')
    await using lock = await asking
    expect(lock.remainingMs).toBeLessThanOrEqual(4_700)
    expect(await redis.pttl('{item:7}:lock')).toBeGreaterThan(lock.remainingMs)
  })

  test('survives a resent command: the same owner gets its own lease again', async () => {
    const lock = await locks.acquire('item:7', { leaseMs: 5_000 })
    expect(await locks.tryAcquire('item:7', { leaseMs: 5_000 })).toBeUndefined()
    const { acquireLease } = await import('./lease-scripts.ts')
    const { hashTagOf, lockKeys } = await import('./lock-keys.ts')
    const again = await acquireLease(redis, lockKeys(hashTagOf('item:7')), lock.owner, 5_000, 0)
    expect(again).toEqual({ taken: true, fence: lock.fence + 1n })
    await lock.release()
  })
})

describe('a holder that was paused past its lease', () => {
  test('finds its signal aborted, its release lost, and the next holder untouched', async () => {
    const contender = fileURLToPath(new URL('contender.fixture.ts', import.meta.url))
    const child = spawn(process.execPath, ['--import', 'tsx', contender, server.url, 'hold', 'item:7', '2000'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
    expect((await lines.next()).value).toBe('held')
    child.kill('SIGSTOP')
    await using next = await locks.acquire('item:7', { leaseMs: 5_000, waitMs: 30_000 })
    child.kill('SIGCONT')
    expect(JSON.parse(String((await lines.next()).value))).toEqual({
      aborted: true,
      reason: expect.stringContaining('LockLostError'),
      outcome: 'lost',
    })
    expect(await redis.get('{item:7}:lock')).toBe(next.owner)
    if (child.exitCode === null) await once(child, 'exit')
  })
})

describe('using', () => {
  test('returns what the work returned, and the lock is free again', async () => {
    const units = await locks.using('item:7', { leaseMs: 5_000 }, async ({ signal }) => (signal.aborted ? 0 : 42))
    expect(units).toBe(42)
    expect(await redis.exists('{item:7}:lock')).toBe(0)
  })

  test('passes on what the work threw, and the lock is free again', async () => {
    const failing = locks.using('item:7', { leaseMs: 5_000 }, () => Promise.reject(new Error('work failed')))
    await expect(failing).rejects.toThrow('work failed')
    expect(await redis.exists('{item:7}:lock')).toBe(0)
  })

  test('does not call work a success that outlived its lease', async () => {
    const outliving = locks.using('item:7', { leaseMs: 5_000 }, async () => {
      await redis.set('{item:7}:lock', 'another')
      return 'done'
    })
    await expect(outliving).rejects.toBeInstanceOf(LockLostError)
    expect(await redis.get('{item:7}:lock')).toBe('another')
  })
})

describe('when Redis fails', () => {
  test('disposing a lock does not throw and does not take long', async () => {
    const doomed = await startTestRedis()
    const connection = new Redis(doomed.url)
    connection.on('error', () => {})
    const lock = await createLocks(connection).acquire('item:7', { leaseMs: 300 })
    await doomed.stop()
    const startedAt = performance.now()
    await expect(lock[Symbol.asyncDispose]()).resolves.toBeUndefined()
    // Longer than the client takes to give up a server that is gone.
    expect(performance.now() - startedAt).toBeLessThan(8_000)
    await expect(lock.release()).rejects.toThrow()
    connection.disconnect()
  })

  test('an acquisition that is not answered within a lease is unknown, and frees what it may have taken', async () => {
    server.kill('SIGSTOP')
    const refused = expect(locks.acquire('item:7', { leaseMs: 200 })).rejects.toBeInstanceOf(LockUnansweredError)
    await sleep(400)
    server.kill('SIGCONT')
    await refused
    await redis.ping()
    expect(await redis.get('{item:7}:fence')).toBe('1')
    expect(await redis.exists('{item:7}:lock')).toBe(0)
  })

  test('an acquisition whose reply the client gave up on frees what it may have taken', async () => {
    const impatient = new Redis(server.url, { commandTimeout: 250 })
    // On a busy machine the first answer may itself come too late.
    await expect.poll(() => impatient.ping().catch(() => 'late')).toBe('PONG')
    const other = new Redis(server.url)
    await other.client('PAUSE', 1_000, 'ALL')
    await expect(createLocks(impatient).acquire('item:7', { leaseMs: 60_000 })).rejects.toThrow('Command timed out')
    await expect.poll(() => other.get('{item:7}:fence')).toBe('1')
    await expect.poll(() => other.exists('{item:7}:lock')).toBe(0)
    impatient.disconnect()
    other.disconnect()
  })
})
