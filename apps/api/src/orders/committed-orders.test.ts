import { randomUUID } from 'node:crypto'
import { OrderAccepted, OrderView } from '@flash-sale/contract/orders'
import { eventually } from '@flash-sale/testing/eventually'
import { startFaultProxy } from '@flash-sale/testing/fault-proxy'
import { withTestStores } from '@flash-sale/testing/start-test-stores'
import { buyerToken } from '@flash-sale/testing/test-tokens'
import { expect, onTestFinished, test, vi } from 'vitest'
import { expectProblem, expectSuccess } from '../testing/expect-answer.fixture.ts'
import { persistWaiting } from '../testing/persist-waiting.fixture.ts'
import { startTestApi, withApi } from '../testing/start-test-api.fixture.ts'
import { createWaitForCommit } from './committed-orders.ts'

const stores = withTestStores()
const api = withApi({ stores })

function order({ app }: typeof api, buyer: string, itemId: number, headers: Record<string, string>) {
  return app.inject({
    method: 'POST',
    url: '/v1/orders',
    headers: { authorization: `Bearer ${buyerToken(buyer)}`, ...headers },
    payload: { itemId, quantity: 1 },
  })
}

test('who prefers to wait is answered 201 with the confirmed order after its COMMIT, also when it is sent again', async () => {
  const { itemId } = await api.createItem()
  const headers = { prefer: 'wait=20', 'idempotency-key': 'k' }
  const asked = order(api, 'ann', itemId, headers)
  await eventually(async () => expect(await api.audit(itemId)).toMatchObject({ outboxUnits: 1 }), { what: 'the order' })
  await persistWaiting(api.stores, itemId)
  const answer = await asked
  const view = expectSuccess(answer, 201, OrderView)
  expect(view).toMatchObject({ itemId, quantity: 1, status: 'confirmed', number: expect.any(Number) })
  expect(answer.headers).toMatchObject({ 'preference-applied': 'wait=20', location: `/v1/orders/${view.orderId}` })
  expect(answer.headers).not.toHaveProperty('idempotent-replayed')

  const again = await order(api, 'ann', itemId, headers)
  expect(expectSuccess(again, 201, OrderView)).toEqual(view)
  expect(again.headers['idempotent-replayed']).toBe('true')
})

test('an order that is not committed in time is answered 202, and stands', async () => {
  const { itemId } = await api.createItem()
  const answer = await order(api, 'ann', itemId, { prefer: 'wait=1' })
  const { orderId } = expectSuccess(answer, 202, OrderAccepted)
  expect(answer.headers['preference-applied']).toBe('wait=1')
  await persistWaiting(api.stores, itemId)
  expect(expectSuccess(await api.readOrder('ann', orderId), 200, OrderView).status).toBe('confirmed')
})

test('without the preference nothing is waited for, and nothing is said of it', async () => {
  const { itemId } = await api.createItem()
  for (const headers of [{}, { prefer: 'respond-async' }, { prefer: 'wait=0' }]) {
    const answer = await order(api, `buyer ${JSON.stringify(headers)}`, itemId, headers)
    expectSuccess(answer, 202, OrderAccepted)
    expect(answer.headers).not.toHaveProperty('preference-applied')
  }
})

test('an order that Postgres refuses is told as rejected, with the reason', async () => {
  const { itemId } = await api.createItem()
  expectSuccess(await order(api, 'bob', itemId, {}), 202, OrderAccepted)
  await persistWaiting(api.stores, itemId)
  // Less than the ledger has for sale, as when somebody changed its keys.
  await api.stores.database.$executeRaw`UPDATE sale_items SET total = 1 WHERE id = ${itemId}`
  const asked = order(api, 'ann', itemId, { prefer: 'wait=20' })
  await eventually(() => api.stores.redis.xlen(`{item:${itemId}}:outbox`), { what: 'the order' })
  await persistWaiting(api.stores, itemId)
  const problem = expectProblem(await asked, 'ORDER_REJECTED')
  expect(problem).toMatchObject({ orderId: expect.any(String), detail: expect.stringContaining('SOLD_OUT') })
})

test('a refusal is answered at once', async () => {
  const { itemId } = await api.createItem({ total: 1 })
  expectSuccess(await order(api, 'ann', itemId, {}), 202, OrderAccepted)
  const askedAtMs = performance.now()
  const refused = await order(api, 'bob', itemId, { prefer: 'wait=20' })
  expectProblem(refused, 'SOLD_OUT')
  expect(refused.headers).not.toHaveProperty('preference-applied')
  expect(performance.now() - askedAtMs).toBeLessThan(10_000)
})

test('however many wait, Postgres is asked one question at a time for all of them', async () => {
  const { itemId } = await api.createItem({ total: 100, purchaseLimit: 100 })
  const asked = vi.spyOn(api.stores.database, '$queryRaw')
  onTestFinished(() => asked.mockRestore())
  const waiting = Array.from({ length: 50 }, (_, i) =>
    order(api, 'ann', itemId, { prefer: 'wait=20', 'idempotency-key': `k${i}` }),
  )
  await eventually(async () => expect(await api.audit(itemId)).toMatchObject({ outboxUnits: 50 }), {
    what: 'the orders',
  })
  asked.mockClear()
  await persistWaiting(api.stores, itemId)
  for (const answer of await Promise.all(waiting)) expectSuccess(answer, 201, OrderView)
  const questions = asked.mock.calls.filter(([sql]) => JSON.stringify(sql).includes('ANY'))
  expect(questions.length).toBeLessThan(25)
})

test('so many may wait; one more is not waited for, and there is room again when one is done', async () => {
  const { signal } = new AbortController()
  const waitForCommit = createWaitForCommit(api.stores.database, signal, 1)
  const gone = new AbortController()
  const first = waitForCommit(randomUUID(), 60_000, gone.signal)
  expect(await waitForCommit(randomUUID(), 60_000, signal)).toBe('TOO_MANY')
  gone.abort()
  expect(await first).toBe('NOT_YET')
  expect(await waitForCommit(randomUUID(), 1, signal)).toBe('NOT_YET')
})

test('a process that stops answers those who wait with 202 at once', async () => {
  const stopping = new AbortController()
  const other = await startTestApi(stores, { stopping: stopping.signal })
  onTestFinished(other.close)
  const { itemId } = await other.createItem()
  const asked = order(other, 'ann', itemId, { prefer: 'wait=30' })
  await eventually(async () => (await api.stores.redis.xlen(`{item:${itemId}}:outbox`)) === 1, { what: 'the order' })
  const abortedAtMs = performance.now()
  stopping.abort()
  expectSuccess(await asked, 202, OrderAccepted)
  expect(performance.now() - abortedAtMs).toBeLessThan(15_000)
})

test('while Postgres does not answer the order is accepted all the same when the time is over', async () => {
  const port = Number(new URL(stores.database.url).port)
  const network = await startFaultProxy(port)
  const other = await startTestApi(stores, {
    databaseUrl: stores.database.url.replace(`:${port}/`, `:${network.port}/`),
  })
  onTestFinished(async () => {
    network.passAll()
    await other.close()
    await network.close()
  })
  const { itemId } = await other.createItem({ purchaseLimit: 2 })
  expectSuccess(await order(other, 'ann', itemId, {}), 202, OrderAccepted)
  network.holdReplies()
  expectSuccess(await order(other, 'ann', itemId, { prefer: 'wait=1' }), 202, OrderAccepted)
})
