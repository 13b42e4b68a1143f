import { OrderAccepted, OrderView } from '@flash-sale/contract/orders'
import { SaleList } from '@flash-sale/contract/sales'
import { eventually } from '@flash-sale/testing/eventually'
import { startFaultProxy } from '@flash-sale/testing/fault-proxy'
import { startTestStores } from '@flash-sale/testing/start-test-stores'
import { testOpsKey } from '@flash-sale/testing/test-tokens'
import { expect, test } from 'vitest'
import { expectProblem, expectSuccess } from '../testing/expect-answer.fixture.ts'
import { persistWaiting } from '../testing/persist-waiting.fixture.ts'
import { saleOf, startTestApi, type TestApi } from '../testing/start-test-api.fixture.ts'

/** How long a client may have to wait for a 503. */
const patienceMs = 13_000

async function expectUnavailable(call: ReturnType<TestApi['get']>): Promise<void> {
  const beganAt = performance.now()
  const { code } = expectProblem(await call, 'UNAVAILABLE')
  expect(code).toBe('UNAVAILABLE')
  expect(performance.now() - beganAt).toBeLessThan(patienceMs)
}

test.concurrent('while Redis is frozen every call answers in time, what Postgres knows is read, and all goes on afterwards', async () => {
  const stores = await startTestStores()
  const api = await startTestApi(stores, { deadlineMs: 4_000 })
  const { itemId, saleId } = await api.createItem()
  const persisted = expectSuccess(await api.order('ann', { itemId, quantity: 1 }), 202, OrderAccepted)
  await persistWaiting(api.stores, itemId)
  const waiting = expectSuccess(await api.order('bob', { itemId, quantity: 1 }), 202, OrderAccepted)
  stores.redis.kill('SIGSTOP')
  await Promise.all([
    api.order('cid', { itemId, quantity: 1 }, 'k').then((answer) => expectProblem(answer, 'OUTCOME_UNKNOWN')),
    api.readOrder('ann', persisted.orderId).then((answer) => expectSuccess(answer, 200, OrderView)),
    expectUnavailable(api.readOrder('bob', waiting.orderId)),
    expectUnavailable(api.get('/v1/sales')),
    expectUnavailable(api.get(`/v1/sales/${saleId}`)),
    expectUnavailable(api.operate(`/v1/ops/sales/${saleId}/resume`)),
    expectUnavailable(api.operate(`/v1/ops/items/${itemId}/restock`, { units: 1 }, 'k')),
    expectUnavailable(api.operate(`/v1/ops/items/${itemId}/rebuild`)),
    expectUnavailable(api.get(`/v1/ops/items/${itemId}/audit`, testOpsKey)),
    api.operate('/v1/ops/sales', saleOf({})).then((answer) => {
      expect(expectProblem(answer, 'UNAVAILABLE').detail).toMatch(/^Sale \d+ is stored/)
    }),
  ])
  stores.redis.kill('SIGCONT')
  await eventually(
    async () => expectSuccess(await api.order('cid', { itemId, quantity: 1 }, 'k'), 202, OrderAccepted),
    {
      what: 'orders to be taken again',
    },
  )
  await eventually(async () => expect(await api.audit(itemId)).toMatchObject({ balanced: true }), { what: 'a balance' })
  await api.close()
  await stores.stop()
}, 120_000)

test.concurrent('while Postgres is silent orders for known items are taken, every other call answers in time, and all goes on afterwards', async () => {
  const stores = await startTestStores()
  const port = Number(new URL(stores.database.url).port)
  const network = await startFaultProxy(port)
  const databaseUrl = stores.database.url.replace(`:${port}/`, `:${network.port}/`)
  const api = await startTestApi(stores, { databaseUrl })
  const { itemId, saleId } = await api.createItem()
  const { orderId } = expectSuccess(await api.order('ann', { itemId, quantity: 1 }), 202, OrderAccepted)
  network.holdReplies()
  expectSuccess(await api.order('bob', { itemId, quantity: 1 }), 202, OrderAccepted)
  await Promise.all([
    expectUnavailable(api.order('bob', { itemId: itemId + 1, quantity: 1 })),
    expectUnavailable(api.readOrder('ann', orderId)),
    expectUnavailable(api.get('/v1/sales')),
    expectUnavailable(api.get(`/v1/sales/${saleId}`)),
    expectUnavailable(api.operate(`/v1/ops/sales/${saleId}/pause`)),
    expectUnavailable(api.operate(`/v1/ops/items/${itemId}/restock`, { units: 1 }, 'k')),
    expectUnavailable(api.operate(`/v1/ops/items/${itemId}/rebuild`)),
    expectUnavailable(api.get(`/v1/ops/items/${itemId}/audit`, testOpsKey)),
  ])
  network.cut()
  network.passAll()
  await eventually(async () => expectSuccess(await api.get('/v1/sales'), 200, SaleList), {
    what: 'Postgres to be read again',
  })
  await eventually(async () => expect(await api.audit(itemId)).toMatchObject({ outboxUnits: 2, balanced: true }), {
    what: 'a balance',
  })
  await api.close()
  await network.close()
  await stores.stop()
}, 120_000)
