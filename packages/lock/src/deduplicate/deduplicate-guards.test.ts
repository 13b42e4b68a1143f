import { connectTestRedis } from '@flash-sale/testing/connect-test-redis'
import { collectTests, testScriptGuards } from '@flash-sale/testing/test-every-guard'
import type { Redis } from 'ioredis'
import { afterAll, beforeAll, expect } from 'vitest'
import { beginAnswer, keepAnswer } from './answer-scripts.ts'

/** These tests run on the real scripts, and again on mutants. */
const { test, tests } = collectTests()

let redis: Redis
let close: () => Promise<void>
let lastScope = 0

beforeAll(async () => ({ redis, close } = await connectTestRedis()))
afterAll(() => close())

const windowMs = 10_000
const aScope = () => `{dedupe:${(lastScope += 1)}}:last`
const begin = (scope: string, digest: string, owner: string, waitedMs = 0) =>
  beginAnswer(redis, scope, digest, owner, 60_000, waitedMs)
const keep = (scope: string, digest: string, owner: string) =>
  keepAnswer(redis, scope, digest, owner, `"${digest} by ${owner}"`, windowMs, 60_000)

test('a request that was answered gets the kept answer, and no other does', async () => {
  const scope = aScope()
  expect(await begin(scope, 'pause', 'ann')).toBeUndefined()
  expect(await keep(scope, 'pause', 'ann')).toBe(true)
  expect(await begin(scope, 'pause', 'bob')).toBe('"pause by ann"')
  expect(await begin(scope, 'pau', 'cid')).toBeUndefined()
})

test('an answer is not kept when the same request began since, under another holder, whose answer is kept', async () => {
  const scope = aScope()
  await begin(scope, 'pause', 'ann')
  await begin(scope, 'pause', 'bob')
  expect(await keep(scope, 'pause', 'ann')).toBe(false)
  expect(await keep(scope, 'pause', 'bob')).toBe(true)
  expect(await keep(scope, 'pause', 'ann')).toBe(false)
  expect(await begin(scope, 'pause', 'cid')).toBe('"pause by bob"')
})

test('of two requests of one scope that are under way at once neither is answered again, whichever ends first', async () => {
  for (const ending of [
    ['resume', 'pause'],
    ['pause', 'resume'],
  ]) {
    const scope = aScope()
    await begin(scope, 'resume', 'resume')
    await begin(scope, 'pause', 'pause')
    for (const name of ending) await keep(scope, name, name)
    expect(await begin(scope, 'pause', 'cid'), ending.join()).toBeUndefined()
  }
})

test('a request that comes after the window is another, and one that came before and waited is not', async () => {
  for (const [waitedMs, found] of [
    [20_000, '"pause by ann"'],
    [0, undefined],
  ] as const) {
    const scope = aScope()
    await begin(scope, 'pause', 'ann')
    await keep(scope, 'pause', 'ann')
    // As if it was answered so long ago.
    const [, digest, untilMs, answer] = /^answered (\S+) (\d+) (.*)$/.exec((await redis.get(scope))!)!
    await redis.set(scope, `answered ${digest} ${Number(untilMs) - windowMs - 5_000} ${answer}`)
    expect(await begin(scope, 'pause', 'bob', waitedMs)).toBe(found)
  }
})

test('another request ends the window of the one before', async () => {
  const scope = aScope()
  await begin(scope, 'pause', 'ann')
  await keep(scope, 'pause', 'ann')
  await begin(scope, 'resume', 'bob')
  expect(await begin(scope, 'pause', 'cid')).toBeUndefined()
})

testScriptGuards({
  folder: new URL('.', import.meta.url),
  prefix: 'deduplicate:',
  tests,
  connection: () => redis,
  use: (connection) => (redis = connection),
})
