import { connectTestRedis } from '@flash-sale/testing/connect-test-redis'
import { eventually } from '@flash-sale/testing/eventually'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { LockTimeoutError } from '../lock-errors.ts'
import { createLocks, type Locks } from '../locks.ts'
import { createDeduplicate, type Deduplicate, type DeduplicateOptions } from './deduplicate.ts'
import { naiveGuard } from './naive-guard.fixture.ts'

let redis: Redis
let otherRedis: Redis
let close: () => Promise<void>
let locks: Locks
let otherLocks: Locks
let deduplicate: Deduplicate
let other: Deduplicate

const options: DeduplicateOptions = { windowMs: 20_000, leaseMs: 20_000 }

beforeAll(async () => {
  const connected = await connectTestRedis()
  ;({ redis, close } = connected)
  otherRedis = new Redis(connected.server.url)
  locks = createLocks(redis)
  otherLocks = createLocks(otherRedis)
  deduplicate = createDeduplicate(redis, locks, options)
  other = createDeduplicate(otherRedis, otherLocks, options)
})

afterAll(async () => {
  locks.close()
  otherLocks.close()
  otherRedis.disconnect()
  await close()
})

beforeEach(() => redis.flushall())

const restock = { caller: 'ann', route: 'POST /items/7/restock', body: { units: 5, reason: 'found' } }

/** Counts how often it is done. */
function counted(): (() => Promise<{ done: number }>) & { readonly count: () => number } {
  let count = 0
  const work = async () => ({ done: (count += 1) })
  return Object.assign(work, { count: () => count })
}

describe('the same request', () => {
  test('is answered with the first answer, from any process', async () => {
    const work = counted()
    expect(await deduplicate.answer(restock, work)).toEqual({ answer: { done: 1 }, isReplayed: false })
    const turned = { ...restock, body: { reason: 'found', units: 5 } }
    for (const from of [other, deduplicate]) {
      expect(await from.answer(turned, work)).toEqual({ answer: { done: 1 }, isReplayed: true })
    }
  })

  test('waits for the first answer while the first is under way', async () => {
    const work = counted()
    const slow = async () => {
      await eventually(async () => expect(await waitingCount()).toBe(1), { what: 'the others to wait' })
      return work()
    }
    const answers = await Promise.all([deduplicate, other, other].map((from) => from.answer(restock, slow)))
    expect(answers.map(({ answer }) => answer)).toEqual([{ done: 1 }, { done: 1 }, { done: 1 }])
    expect(answers.filter(({ isReplayed }) => !isReplayed)).toHaveLength(1)
  })

  test('is told that it is busy when the first takes longer than it may wait', async () => {
    const impatient = createDeduplicate(otherRedis, otherLocks, { ...options, waitMs: 20 })
    await deduplicate.answer(restock, async () => {
      await expect(impatient.answer(restock, counted())).rejects.toBeInstanceOf(LockTimeoutError)
    })
  })

  test('is done again when its window is over', async () => {
    const brief = createDeduplicate(redis, locks, { ...options, windowMs: 30 })
    const work = counted()
    await brief.answer(restock, work)
    await eventually(async () => !(await brief.answer(restock, work)).isReplayed, { what: 'the window to end' })
    expect(work.count()).toBe(2)
  })
})

/** Channels on which somebody waits for the guard. */
async function waitingCount(): Promise<number> {
  return (await redis.pubsub('CHANNELS', '{dedupe:*')).length
}

test.each([
  { ...restock, caller: 'bob' },
  { ...restock, route: 'POST /items/8/restock' },
  { ...restock, body: { ...restock.body, units: 6 } },
  { caller: restock.caller, route: restock.route },
])('another caller, route or body is another request: %j', async (another) => {
  const work = counted()
  await deduplicate.answer(restock, work)
  expect(await deduplicate.answer(another, work)).toEqual({ answer: { done: 2 }, isReplayed: false })
})

const act = (name: string) => ({ caller: 'ann', route: `POST /sales/7/${name}`, scope: '/sales/7' })

describe('in one scope', () => {
  test('something else that was done ends the window: pause, resume and pause are three acts', async () => {
    const work = counted()
    for (const [name, done] of [
      ['pause', 1],
      ['pause', 1],
      ['resume', 2],
      ['pause', 3],
    ] as const) {
      expect((await deduplicate.answer(act(name), work)).answer, name).toEqual({ done })
    }
  })

  test('an answer that something else overtook is not kept', async () => {
    const work = counted()
    await deduplicate.answer(act('pause'), async () => {
      await other.answer(act('resume'), work)
    })
    expect(await deduplicate.answer(act('pause'), work)).toEqual({ answer: { done: 2 }, isReplayed: false })
  })

  test('what another guard did can be told', async () => {
    const work = counted()
    await deduplicate.answer(act('pause'), work)
    await other.forget(act('resume'))
    expect((await deduplicate.answer(act('pause'), work)).isReplayed).toBe(false)
  })
})

test('an answer that is too long is given, and not kept', async () => {
  const small = createDeduplicate(redis, locks, { ...options, answerBytesMax: 9 })
  expect(await small.answer(restock, counted())).toEqual({ answer: { done: 1 }, isReplayed: false })
  expect((await small.answer(restock, counted())).isReplayed).toBe(false)
})

test('nothing stays in Redis when window and lease are over', async () => {
  await deduplicate.answer(restock, counted())
  const keys = await redis.keys('*')
  expect(keys).not.toEqual([])
  for (const key of keys) expect(await redis.pttl(key), key).toBeGreaterThan(0)
})

const failing = () => Promise.reject(new Error('no connection to the store'))

describe('where the naive guard fails:', () => {
  test('a first attempt that failed stands in the way of the next, here it does not', async () => {
    const work = counted()
    await expect(naiveGuard(redis, 'restock', 20_000, failing)).rejects.toThrow('no connection')
    expect(await naiveGuard(redis, 'restock', 20_000, work)).toBe('a duplicate')
    expect(work.count()).toBe(0)

    await expect(deduplicate.answer(restock, failing)).rejects.toThrow('no connection')
    expect(await deduplicate.answer(restock, work)).toEqual({ answer: { done: 1 }, isReplayed: false })
  })

  test('the guard of a process that died stays, here it ends with its lease', async () => {
    const work = counted()
    // Dead to Redis: it neither renews nor gives back.
    const dying = redis.duplicate()
    const dyingLocks = createLocks(dying)
    onTestFinished(() => dyingLocks.close())
    const die = () => {
      dying.disconnect()
      return new Promise<never>(() => {})
    }
    void naiveGuard(dying, 'restock', 20_000, die)
    await eventually(() => dying.status === 'end', { what: 'the process to be gone' })
    expect(await naiveGuard(redis, 'restock', 20_000, work)).toBe('a duplicate')

    await dying.connect()
    createDeduplicate(dying, dyingLocks, { ...options, leaseMs: 400 })
      .answer(restock, die)
      .catch(() => undefined)
    await eventually(() => dying.status === 'end', { what: 'the process to be gone' })
    expect(await deduplicate.answer(restock, work)).toEqual({ answer: { done: 1 }, isReplayed: false })
  })

  test('work that takes longer than the key lives is done twice, here the guard is renewed', async () => {
    const naive = counted()
    const outlasting = async () => {
      await naive()
      await eventually(async () => (await redis.exists('submitted:restock')) === 0, { what: 'the key to end' })
      await naiveGuard(redis, 'restock', 20_000, naive)
    }
    await naiveGuard(redis, 'restock', 30, outlasting)
    expect(naive.count()).toBe(2)

    const work = counted()
    const renewing = createDeduplicate(redis, locks, { ...options, leaseMs: 600 })
    let second: Promise<unknown> | undefined
    await renewing.answer(restock, async (lock) => {
      const { deadline } = lock
      second = other.answer(restock, work)
      await eventually(() => performance.now() > deadline, { what: 'the first lease to be over' })
      expect(lock.signal.aborted).toBe(false)
      return work()
    })
    expect(await second).toEqual({ answer: { done: 1 }, isReplayed: true })
    expect(work.count()).toBe(1)
  })

  test('the second caller learns nothing of what came of the first, here it gets the answer', async () => {
    const work = counted()
    await naiveGuard(redis, 'restock', 20_000, work)
    expect(await naiveGuard(redis, 'restock', 20_000, work)).toBe('a duplicate')

    await deduplicate.answer(restock, work)
    expect(await deduplicate.answer(restock, work)).toEqual({ answer: { done: 2 }, isReplayed: true })
  })
})

test('a first holder that lost its guard does not overwrite what came after it', async () => {
  const work = counted()
  await deduplicate.answer(restock, async () => {
    // As if it was paused past its lease.
    await redis.del(await redis.keys('{dedupe:*}:lock'))
    await other.answer(restock, work)
    return { done: 99 }
  })
  expect((await deduplicate.answer(restock, work)).answer).toEqual({ done: 1 })
})
