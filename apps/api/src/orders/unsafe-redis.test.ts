import { OrderAccepted } from '@flash-sale/contract/orders'
import { HealthReady } from '@flash-sale/contract/health'
import { ItemView } from '@flash-sale/contract/sales'
import { eventually } from '@flash-sale/testing/eventually'
import { startTestRedis } from '@flash-sale/testing/test-redis'
import { startTestStores } from '@flash-sale/testing/start-test-stores'
import { expect, onTestFinished, test } from 'vitest'
import { expectProblem, expectSuccess } from '../testing/expect-answer.fixture.ts'
import { startTestApi, type TestApiOptions } from '../testing/start-test-api.fixture.ts'

async function startApi(options: TestApiOptions) {
  const stores = await startTestStores()
  const api = await startTestApi(stores, options)
  onTestFinished(async () => {
    await api.close()
    await stores.stop()
  })
  const { itemId } = await api.createItem()
  const isReady = async () => expectSuccess(await api.get('/health/ready'), 200, HealthReady)
  const isRefused = async (reason: RegExp) => {
    expect(expectProblem(await api.get('/health/ready'), 'UNAVAILABLE').detail).toMatch(reason)
    expect(expectProblem(await api.order('ann', { itemId, quantity: 1 }), 'UNAVAILABLE').detail).toMatch(reason)
  }
  return { stores, api, itemId, isReady, isRefused }
}

test('while Redis may evict orders it is not ready and refuses them with the reason, and goes on once that is corrected', async () => {
  const { api, itemId, isReady, isRefused } = await startApi({ judgeEveryMs: 20 })
  const { redis } = api.stores
  await redis.config('SET', 'maxmemory', '100mb', 'maxmemory-policy', 'allkeys-lru')
  await eventually(() => isRefused(/evicts keys when its memory is full/), { what: 'orders to be refused' })
  await redis.config('SET', 'maxmemory-policy', 'noeviction')
  await eventually(isReady, { what: 'it to be ready' })
  expectSuccess(await api.order('ann', { itemId, quantity: 1 }), 202, OrderAccepted)
  expect(await api.audit(itemId)).toMatchObject({ outboxUnits: 1, balanced: true })
})

test('a Redis that came back without its log is sold from only once it keeps one, also when its ledgers are made anew', async () => {
  // Only the reconnect makes it look.
  const { stores, api, itemId, isReady, isRefused } = await startApi({ judgeEveryMs: 600_000 })
  expectSuccess(await api.order('bob', { itemId, quantity: 1 }), 202, OrderAccepted)
  const { port, dataDir } = stores.redis
  stores.redis.kill('SIGKILL')
  await stores.redis.exited
  await startTestRedis({ port, dataDir, extraArgs: ['--appendonly', 'no'] })
  await eventually(async () => expectSuccess(await api.operate(`/v1/ops/items/${itemId}/rebuild`), 200, ItemView), {
    what: 'the ledger to be rebuilt',
  })
  await eventually(() => isRefused(/keeps nothing on disk/), { what: 'orders to be refused' })
  await api.stores.redis.config('SET', 'appendonly', 'yes')
  await eventually(isReady, { what: 'it to be ready' })
  expectSuccess(await api.order('ann', { itemId, quantity: 1 }), 202, OrderAccepted)
})
