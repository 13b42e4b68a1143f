import { ServerTime } from '@flash-sale/contract/time'
import { startTestStores, type TestStores } from '@flash-sale/testing/start-test-stores'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { expectSuccess } from '../testing/expect-answer.fixture.ts'
import { startTestApi, type TestApi } from '../testing/start-test-api.fixture.ts'

let stores: TestStores
let api: TestApi

beforeAll(async () => {
  stores = await startTestStores()
  api = await startTestApi(stores)
})
afterAll(async () => {
  await api?.close()
  await stores?.stop()
})

test("anybody may read the time of Redis, to the millisecond, and nobody's cache keeps it", async () => {
  const redisNowMs = async () => {
    const [seconds = 0, micros = 0] = (await api.stores.redis.time()).map(Number)
    return seconds * 1_000 + micros / 1_000
  }
  const beforeMs = await redisNowMs()
  const answer = await api.get('/v1/time')
  const nowMs = Date.parse(expectSuccess(answer, 200, ServerTime).now)
  expect(nowMs).toBeGreaterThanOrEqual(Math.floor(beforeMs))
  expect(nowMs).toBeLessThanOrEqual(await redisNowMs())
  expect(answer.headers['cache-control']).toBe('no-store')
})
