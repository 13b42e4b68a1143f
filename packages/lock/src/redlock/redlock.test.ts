import { startFaultProxy } from '@flash-sale/testing/fault-proxy'
import { eventually } from '@flash-sale/testing/eventually'
import { startTestRedis } from '@flash-sale/testing/test-redis'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest'
import { LockAbortedError, LockTimeoutError, LockUnansweredError } from '../lock-errors.ts'
import { createRedlock, type Redlock } from './redlock.ts'

type Server = Awaited<ReturnType<typeof startTestRedis>>

let servers: Server[]
let masters: Redis[]
let redlock: Redlock
let other: Redlock

/** As README.md advises: a command for a master that is away fails at once. */
function connect(url: string): Redis {
  const redis = new Redis(url, { maxRetriesPerRequest: 0, enableOfflineQueue: false })
  redis.on('error', () => {})
  return redis
}

async function connectTo(urls: readonly string[]): Promise<{ masters: Redis[]; redlock: Redlock }> {
  const connected = urls.map(connect)
  await eventually(() => connected.every(({ status }) => status === 'ready'), { what: 'the masters to be reached' })
  return { masters: connected, redlock: createRedlock(connected) }
}

const closings: (() => void)[] = []

beforeAll(async () => {
  servers = await Promise.all([1, 2, 3].map(() => startTestRedis()))
  const urls = servers.map(({ url }) => url)
  const [one, two] = [await connectTo(urls), await connectTo(urls)]
  masters = one.masters
  redlock = one.redlock
  other = two.redlock
  for (const { masters: connected, redlock: opened } of [one, two]) {
    closings.push(() => opened.close(), ...connected.map((redis) => () => redis.disconnect()))
  }
})

afterAll(async () => {
  for (const close of closings) close()
  await Promise.all(servers.map((server) => server.stop()))
})

beforeEach(() => Promise.all(masters.map((redis) => redis.flushall())))

const holders = () => Promise.all(masters.map((redis) => redis.get('{item:7}:lock')))
/** A generous time for a master to answer: the machine may be busy. */
const patient = { leaseMs: 20_000, answerMs: 5_000 }

test('a majority of the masters grants a lease, which all of them forget when it is released', async () => {
  const lease = await redlock.acquire('item:7', patient)
  expect(lease.remainingMs).toBeLessThan(20_000 - 202)
  await eventually(async () => expect(await holders()).toEqual([lease.owner, lease.owner, lease.owner]), {
    what: 'the slowest master to vote',
  })
  expect(await other.tryAcquire('item:7', patient)).toBeUndefined()
  expect(await lease.release()).toBe('released')
  await eventually(async () => expect(await holders()).toEqual([null, null, null]), { what: 'all masters to forget' })
})

test('one holder at a time, among many contenders on two sets of connections', async () => {
  let inside = 0
  const work = async (): Promise<void> => {
    inside += 1
    expect(inside).toBe(1)
    await masters[0]!.ping()
    inside -= 1
  }
  const contend = (through: Redlock) => through.using('item:7', { ...patient, waitMs: 25_000 }, work)
  await Promise.all(Array.from({ length: 20 }, (_, i) => contend(i % 2 === 0 ? redlock : other)))
})

test('a waiter is woken by the release, and gives up when its signal aborts or its time is over', async () => {
  const lease = await redlock.acquire('item:7', patient)
  await expect(other.acquire('item:7', { ...patient, waitMs: 50 })).rejects.toBeInstanceOf(LockTimeoutError)
  const controller = new AbortController()
  const aborting = other.acquire('item:7', { ...patient, waitMs: 20_000, signal: controller.signal })
  controller.abort()
  await expect(aborting).rejects.toBeInstanceOf(LockAbortedError)
  const waiting = other.acquire('item:7', { ...patient, waitMs: 20_000 })
  await lease.release()
  const next = await waiting
  expect(await next.release()).toBe('released')
})

test('a waiter that gets the vote of a minority again and again does not wake itself', async () => {
  const lease = await redlock.acquire('item:7', patient)
  await eventually(async () => (await holders())[2] === lease.owner, { what: 'the slowest master to vote' })
  await masters[2]!.del('{item:7}:lock')
  await masters[0]!.config('RESETSTAT')
  const startedAt = performance.now()
  await expect(other.acquire('item:7', { ...patient, waitMs: 1_500 })).rejects.toBeInstanceOf(LockTimeoutError)
  const [, calls] = /cmdstat_evalsha:calls=(\d+)/.exec(await masters[0]!.info('commandstats')) ?? []
  // A question and its return at first, when each subscription stands, once a second, and at last.
  expect(Number(calls)).toBeLessThanOrEqual(2 * (5 + (performance.now() - startedAt) / 1_000))
  await lease.release()
})

test('a minority of masters that is away hinders nobody; a majority is told as no answer, and leaves nothing behind', async () => {
  const doomed = await Promise.all([1, 2].map(() => startTestRedis()))
  const { masters: connected, redlock: failing } = await connectTo([servers[0]!.url, ...doomed.map(({ url }) => url)])
  onTestFinished(() => {
    failing.close()
    for (const redis of connected) redis.disconnect()
  })
  await doomed[0]!.stop()
  await failing.using('item:7', patient, async () => {})
  await doomed[1]!.stop()
  await expect(failing.acquire('item:7', { ...patient, waitMs: 200 })).rejects.toBeInstanceOf(LockUnansweredError)
  expect(await masters[0]!.exists('{item:7}:lock')).toBe(0)
})

test('a silent master does not slow the others down', async () => {
  const proxy = await startFaultProxy(servers[2]!.port)
  const urls = [servers[0]!.url, servers[1]!.url, `redis://127.0.0.1:${proxy.port}`]
  const { masters: connected, redlock: partly } = await connectTo(urls)
  onTestFinished(async () => {
    partly.close()
    for (const redis of connected) redis.disconnect()
    await proxy.close()
  })
  proxy.holdReplies()
  // Far longer than the test may take.
  const options = { leaseMs: 10_000_000, answerMs: 1_000_000 }
  const lease = await partly.acquire('item:7', options)
  expect(await lease.release()).toBe('released')
})

test.each([
  [[], 5_000, 100],
  [undefined, 5, 100],
  [undefined, 5_000, 0],
])('refuses %j masters with a lease of %d ms and %d ms to answer', async (of, leaseMs, answerMs) => {
  const acquire = async () => createRedlock(of ?? masters).acquire('item:7', { leaseMs, answerMs })
  await expect(acquire()).rejects.toThrow(/must|needs/)
})
