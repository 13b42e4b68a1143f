import { ServerTime } from '@flash-sale/contract/sales'
import { eventually } from '@flash-sale/testing/eventually'
import { withTestStores } from '@flash-sale/testing/start-test-stores'
import { expect, test } from 'vitest'
import { expectProblem, expectSuccess } from '../testing/expect-answer.fixture.ts'
import { withApi } from '../testing/start-test-api.fixture.ts'

const stores = withTestStores()
const api = withApi({ stores })

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

test('while Redis is away nobody waits for its time, and no question piles up', async () => {
  const { redis } = api.stores
  stores.redis.kill('SIGSTOP')
  try {
    await eventually(() => redis.status !== 'ready', { what: 'the connection to be given up', timeoutMs: 10_000 })
    const answers = await Promise.all(Array.from({ length: 50 }, () => api.get('/v1/time')))
    for (const answer of answers) expectProblem(answer, 'UNAVAILABLE')
    expect(redis).toHaveProperty('offlineQueue.length', 0)
  } finally {
    stores.redis.kill('SIGCONT')
  }
  await eventually(async () => expectSuccess(await api.get('/v1/time'), 200, ServerTime), { what: 'the time again' })
}, 30_000)
