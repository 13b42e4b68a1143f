import { connectTestRedis } from '@flash-sale/testing/connect-test-redis'
import { eventually } from '@flash-sale/testing/eventually'
import { collectTests, testScriptGuards } from '@flash-sale/testing/test-every-guard'
import type { Redis } from 'ioredis'
import { afterAll, beforeAll, expect } from 'vitest'
import { createDropCounts, type CountedDrop } from './drop-counts.ts'
import { bucketsMax, noteDrop, readDropRecords } from './drop-record.ts'
import { startNotingDrops } from './note-drops.ts'

/** These tests run on the real script, and again on mutants. */
const { test, tests } = collectTests(async () => void (await redis.flushall()))

let redis: Redis
let close: () => Promise<void>
let lastNote = 0

beforeAll(async () => ({ redis, close } = await connectTestRedis()))
afterAll(() => close())

const itemId = 7
const record = async () => (await readDropRecords(redis, [itemId]))[0]!

function note(counted: Partial<CountedDrop>) {
  const number = (lastNote += 1)
  return { process: 'here:1', number, counted: { outcomes: {}, durations: {}, ...counted } }
}

async function sumOf(name: 'accepted' | 'refused:SOLD_OUT'): Promise<number> {
  return (await record()).buckets.reduce((sum, { outcomes }) => sum + (outcomes[name] ?? 0), 0)
}

test('notes of all processes add up, by outcome, in buckets of a second', async () => {
  await noteDrop(redis, itemId, note({ outcomes: { accepted: 3 }, durations: { 4: 3 } }))
  const other = note({ outcomes: { accepted: 2, 'refused:SOLD_OUT': 5 }, durations: { 4: 6, 9: 1 } })
  await noteDrop(redis, itemId, { ...other, process: 'there:1' })
  const { widthMs, durations, fromMs } = await record()
  expect({ accepted: await sumOf('accepted'), refused: await sumOf('refused:SOLD_OUT') }).toEqual({
    accepted: 5,
    refused: 5,
  })
  expect({ widthMs, four: durations[4], nine: durations[9] }).toEqual({ widthMs: 1_000, four: 9, nine: 1 })
  expect(fromMs! % 1_000).toBe(0)
  expect(await readDropRecords(redis, [8])).toEqual([undefined])
})

test('a note that is sent again counts once', async () => {
  const twice = note({ outcomes: { accepted: 3 } })
  await noteDrop(redis, itemId, twice)
  await noteDrop(redis, itemId, twice)
  expect(await sumOf('accepted')).toBe(3)
})

test('a record that lasts longer has wider buckets, not more of them, and loses no order', async () => {
  await noteDrop(redis, itemId, note({ outcomes: { accepted: 1 } }))
  const key = (await redis.keys('*drop*'))[0]!
  for (const hours of [0.01, 0.1, 1, 1, 30]) {
    const from = Number(await redis.hget(key, 'from'))
    await redis.hset(key, 'from', from - hours * 3_600_000)
    await noteDrop(redis, itemId, note({ outcomes: { accepted: 1, 'refused:SOLD_OUT': 2 } }))
    const { buckets, widthMs } = await record()
    expect(Math.max(...buckets.map(({ bucket }) => bucket))).toBeLessThan(bucketsMax)
    const lastAtMs = Number(await redis.hget(key, 'from')) + buckets.at(-1)!.bucket * widthMs
    expect(Math.abs(Date.now() - lastAtMs)).toBeLessThan(widthMs + 5_000)
  }
  expect(await sumOf('accepted')).toBe(6)
  expect(await sumOf('refused:SOLD_OUT')).toBe(10)
  expect(await redis.pttl(key)).toBeGreaterThan(24 * 3_600_000)
})

/** Makes the whole record older, as no test waits so long. */
async function age(hours: number): Promise<string> {
  const key = (await redis.keys('*drop*'))[0]!
  await redis.hset(key, 'from', Number(await redis.hget(key, 'from')) - hours * 3_600_000)
  return key
}

test('orders before the opening do not begin the record: they are counted aside, and not among the answer times of the sale', async () => {
  await noteDrop(redis, itemId, note({ outcomes: { 'refused:SALE_NOT_OPEN': 2 }, durations: { 4: 2 } }))
  await noteDrop(redis, itemId, note({ outcomes: { 'refused:SALE_PAUSED': 1 }, durations: { 4: 1 } }))
  expect(await record()).toMatchObject({ fromMs: undefined, buckets: [] })
  await noteDrop(redis, itemId, note({ outcomes: { accepted: 1 }, durations: { 4: 1 } }))
  const { aside, buckets, durations, fromMs } = await record()
  expect(aside).toEqual({ 'refused:SALE_NOT_OPEN': 2, 'refused:SALE_PAUSED': 1 })
  expect(buckets).toEqual([{ bucket: 0, outcomes: { accepted: 1 } }])
  expect(durations[4]).toBe(1)
  expect(Math.abs(Date.now() - fromMs!)).toBeLessThan(60_000)
})

test('orders days after the sale neither widen its record nor renew it', async () => {
  await noteDrop(redis, itemId, note({ outcomes: { accepted: 1 } }))
  const key = await age(72)
  await redis.pexpire(key, 60_000)
  await noteDrop(redis, itemId, note({ outcomes: { 'refused:SALE_CLOSED': 1, replayed: 1 } }))
  const { aside, buckets, widthMs } = await record()
  expect({ aside, buckets, widthMs }).toEqual({
    aside: { 'refused:SALE_CLOSED': 1, replayed: 1 },
    buckets: [{ bucket: 0, outcomes: { accepted: 1 } }],
    widthMs: 1_000,
  })
  expect(await redis.pttl(key)).toBeLessThanOrEqual(60_000)
})

test('a sold-out sale that stays open for days keeps the seconds of its drop: late refusals are counted aside', async () => {
  await noteDrop(redis, itemId, note({ outcomes: { 'refused:SOLD_OUT': 1 } }))
  await noteDrop(redis, itemId, note({ outcomes: { accepted: 4, 'refused:SOLD_OUT': 2 } }))
  await age(72)
  await noteDrop(redis, itemId, note({ outcomes: { 'refused:SOLD_OUT': 5 } }))
  await noteDrop(redis, itemId, note({ outcomes: { 'refused:LIMIT_REACHED': 1 } }))
  const { aside, widthMs } = await record()
  const late = { 'refused:SOLD_OUT': 5, 'refused:LIMIT_REACHED': 1 }
  expect({ aside, widthMs }).toEqual({ aside: late, widthMs: 1_000 })
  expect(await sumOf('refused:SOLD_OUT')).toBe(3)
  await noteDrop(redis, itemId, note({ outcomes: { accepted: 1 } }))
  expect((await record()).widthMs, 'after a restock').toBeGreaterThan(1_000)
})

test('refusals of a paused sale keep their time', async () => {
  await noteDrop(redis, itemId, note({ outcomes: { accepted: 1 } }))
  await age(0.2)
  await noteDrop(redis, itemId, note({ outcomes: { 'refused:SALE_PAUSED': 3 } }))
  expect((await record()).buckets.at(-1)!.outcomes).toEqual({ 'refused:SALE_PAUSED': 3 })
})

test('a record ends also if the sale never sells', async () => {
  await noteDrop(redis, itemId, note({ outcomes: { 'refused:SALE_NOT_OPEN': 1 } }))
  expect(await redis.pttl((await redis.keys('*drop*'))[0]!)).toBeGreaterThan(24 * 3_600_000)
})

test('a process notes each second what it counted, and the last of it when it stops', async () => {
  const counts = createDropCounts()
  const noting = startNotingDrops(redis, counts, { name: 'here:2' })
  counts.answered(itemId, 'accepted', 3)
  counts.answered(itemId, 'accepted', 5)
  counts.answered(8, 'replayed', 5)
  await eventually(async () => (await readDropRecords(redis, [itemId]))[0] !== undefined, { what: 'a note' })
  counts.answered(itemId, 'refused:SOLD_OUT', 3)
  await noting.close()
  expect({ accepted: await sumOf('accepted'), refused: await sumOf('refused:SOLD_OUT') }).toEqual({
    accepted: 2,
    refused: 1,
  })
  expect((await record()).durations[3]).toBe(2)
})

test('a note whose reply is lost is sent again, and its orders count once', async () => {
  const counts = createDropCounts()
  let lostCount = 0
  const noteUnheard: typeof noteDrop = async (...note_) => {
    await noteDrop(...note_)
    lostCount += 1
    if (lostCount <= 2) throw new Error('the connection was lost')
  }
  const noting = startNotingDrops(redis, counts, { name: 'here:3', note: noteUnheard })
  counts.answered(itemId, 'accepted', 3)
  await eventually(async () => lostCount === 2, { what: 'two lost replies' })
  counts.answered(itemId, 'accepted', 3)
  await eventually(async () => (await sumOf('accepted')) > 1, { what: 'the order after it' })
  await noting.close()
  expect(await sumOf('accepted')).toBe(2)
})

const noteBut8: typeof noteDrop = async (connection, id, ...rest) => {
  if (id === 8) throw new Error('WRONGTYPE')
  await noteDrop(connection, id, ...rest)
}

test('an item whose notes always fail holds back no other item', async () => {
  const counts = createDropCounts()
  const noting = startNotingDrops(redis, counts, { name: 'here:4', note: noteBut8 })
  counts.answered(8, 'accepted', 3)
  counts.answered(itemId, 'accepted', 3)
  await eventually(async () => (await record()) !== undefined, { what: 'the note of the other item' })
  counts.answered(8, 'accepted', 3)
  counts.answered(itemId, 'accepted', 3)
  await noting.close()
  expect(await sumOf('accepted')).toBe(2)
  // The orders of the item itself still wait.
  expect(counts.take().get(8)).toEqual({ outcomes: { accepted: 1 }, durations: { 3: 1 } })
})

testScriptGuards({
  folder: new URL('.', import.meta.url),
  prefix: 'reports:',
  tests,
  connection: () => redis,
  use: (connection) => (redis = connection),
})
