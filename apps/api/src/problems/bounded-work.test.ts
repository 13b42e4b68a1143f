import { setImmediate as nextTurn } from 'node:timers/promises'
import { OrderView } from '@flash-sale/contract/orders'
import { deriveOrderId } from '@flash-sale/stock/order-id'
import { startTestStores, type TestStores } from '@flash-sale/testing/start-test-stores'
import { testOpsKey } from '@flash-sale/testing/test-tokens'
import type { LightMyRequestResponse } from 'fastify'
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { expectProblem, expectSuccess } from '../testing/expect-answer.fixture.ts'
import { startTestApi, type TestApi } from '../testing/start-test-api.fixture.ts'

/*
 * What a time-out leaves running is bounded: a store that does not answer is asked only so much, however many ask and give up.
 */

let stores: TestStores
let api: TestApi

beforeEach(async () => {
  stores = await startTestStores()
  api = await startTestApi(stores)
})
afterEach(async () => {
  vi.restoreAllMocks()
  await api.close()
  await stores.stop()
})

/** A store that answers when it is told to. */
function silence(target: object, method: string) {
  let speak!: (answer: unknown) => void
  const answer = new Promise((resolve) => (speak = resolve))
  const asked = vi.spyOn(target as Record<string, () => unknown>, method).mockReturnValue(answer)
  return { asked, speak }
}

function times(count: number, ask: () => Promise<LightMyRequestResponse>): Promise<LightMyRequestResponse[]> {
  return Promise.all(Array.from({ length: count }, ask))
}

test('probes of readiness do not pile up before a Redis that does not answer', async () => {
  const { asked, speak } = silence(api.orderRedis, 'info')
  for (let i = 0; i < 2; i += 1) {
    for (const answer of await times(20, () => api.get('/health/ready'))) expectProblem(answer, 'UNAVAILABLE')
  }
  // Once for all probes together, and a few times for the watches of the role, the standing and the deployment, which ask by themselves.
  expect(asked.mock.calls.length).toBeLessThanOrEqual(8)
  speak('role:master')
})

test('reads of orders wait in a bounded line, and those that timed out are not asked again behind its back', async () => {
  const { itemId } = await api.createItem()
  const { uuid } = deriveOrderId(itemId, 'ann', 'k')
  const underWayMax = 64
  const readWithinMs = 3_000
  const { asked, speak } = silence(api.stores.database.order, 'findUnique')
  // Nobody gives up before all have asked.
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
  const answered = { count: 0 }
  const refusedCount = 2_100 - 2_000 - underWayMax
  const asking = times(2_100, () => api.readOrder('ann', uuid).finally(() => (answered.count += 1)))
  while (answered.count < refusedCount) await nextTurn()
  vi.advanceTimersByTime(readWithinMs)
  const answers = await asking
  vi.useRealTimers()
  const codes = answers.map((answer) => answer.json<{ code: string }>().code)
  expect(codes.filter((code) => code === 'OVERLOADED')).toHaveLength(refusedCount)
  expect(codes.filter((code) => code === 'UNAVAILABLE')).toHaveLength(2_000 + underWayMax)
  expect(asked).toHaveBeenCalledTimes(underWayMax)
  speak(null)
  asked.mockRestore()
  await api.order('ann', { itemId, quantity: 1 }, 'k')
  expectSuccess(await api.readOrder('ann', uuid), 200, OrderView)
})

test('so many actions of operators are under way, and no more are begun until one of them ends', async () => {
  const { asked, speak } = silence(api.queue, 'getFailed')
  const ask = () => api.get('/v1/ops/jobs/failed', testOpsKey)
  const underWayMax = 32
  const underWay = times(underWayMax, ask)
  await vi.waitUntil(() => asked.mock.calls.length === underWayMax, { timeout: 20_000 })
  expectProblem(await ask(), 'OVERLOADED')
  expect((await api.get('/metrics', testOpsKey)).statusCode).toBe(200)
  speak([])
  for (const answer of await underWay) expect(answer.statusCode).toBe(200)
  expect((await ask()).statusCode).toBe(200)
})

test('so many exports are open, and no more', async () => {
  const { itemId } = await api.createItem()
  // Every statement waits; only those of exports name an item.
  const { asked, speak } = silence(api.stores.database, '$queryRaw')
  const exportsAsked = () => asked.mock.calls.filter((values: readonly unknown[]) => values.includes(itemId))
  const ask = () => api.get(`/v1/ops/items/${itemId}/orders.csv`, testOpsKey)
  const exportCountMax = 8
  const open = times(exportCountMax, ask)
  await vi.waitUntil(() => exportsAsked().length === exportCountMax, { timeout: 20_000 })
  expectProblem(await ask(), 'OVERLOADED')
  speak([])
  for (const answer of await open) expectProblem(answer, 'ITEM_NOT_FOUND')
  asked.mockRestore()
  expect((await ask()).statusCode).toBe(200)
})
