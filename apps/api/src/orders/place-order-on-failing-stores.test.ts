import { OrderAccepted, OrderView } from '@flash-sale/contract/orders'
import { ledgerKeys } from '@flash-sale/stock/ledger-keys'
import { eventually } from '@flash-sale/testing/eventually'
import { startFaultProxy, type FaultProxy } from '@flash-sale/testing/fault-proxy'
import { withTestStores } from '@flash-sale/testing/start-test-stores'
import { describe, expect, onTestFinished, test } from 'vitest'
import { expectProblem, expectSuccess } from '../testing/expect-answer.fixture.ts'
import { startTestApi, withApi, type TestApi, type TestApiOptions } from '../testing/start-test-api.fixture.ts'

const stores = withTestStores()
/** Its connections are direct: it sets the scene, and looks at it when another API's network is cut. */
const observer = withApi({ stores })

const isReserve = (bytes: Buffer) => bytes.includes('{item:') && bytes.includes('sell')
/** Short, since several tests wait for it: on a busy machine an order that has nothing to wait for may come too late as well. */
const deadlineMs = 400

/** An API whose Redis is behind a network that can fail. */
async function startFragileApi(options: TestApiOptions = {}): Promise<{ api: TestApi; network: FaultProxy }> {
  const network = await startFaultProxy(stores.redis.port)
  const redisUrl = `redis://127.0.0.1:${network.port}`
  const api = await startTestApi(stores, { deadlineMs, redisUrl, ...options })
  onTestFinished(async () => {
    network.passAll()
    await api.close()
    await network.close()
  })
  return { api, network }
}

/** An API that has sold to a buyer knows the item, and is connected. */
async function sellsTo(buyer: string, api: TestApi, itemId: number): Promise<void> {
  const order = () => api.order(buyer, { itemId, quantity: 1 }, 'first')
  await eventually(async () => expectSuccess(await order(), 202, OrderAccepted), { what: 'the first order' })
}

describe.each(['gate', 'lease'] as const)('with the %s', (strategy) => {
  test('an order whose reply does not come is unknown, can be read by the id given, and is the same on retry', async () => {
    const { itemId } = await observer.createItem()
    const { api, network } = await startFragileApi({ strategy })
    await sellsTo('bob', api, itemId)
    const held = network.holdRepliesFrom(isReserve)
    const ask = () => api.order('ann', { itemId, quantity: 2 }, 'k')
    const { orderId } = await eventually(async () => expectProblem(await ask(), 'OUTCOME_UNKNOWN'), {
      what: 'an order that is sent before its deadline',
    })
    await held
    const read = expectSuccess(await observer.readOrder('ann', orderId!), 200, OrderView)
    expect(read).toMatchObject({ orderId, itemId, quantity: 2, status: 'accepted' })

    network.passAll()
    await eventually(
      async () => {
        const retried = await ask()
        expect(expectSuccess(retried, 202, OrderAccepted).orderId).toBe(orderId)
        expect(retried.headers['idempotent-replayed']).toBe('true')
      },
      { what: 'the answer to a retry' },
    )
    expect(await observer.audit(itemId)).toMatchObject({ available: 7, outboxUnits: 3, balanced: true })
  })
})

test('an order whose reply was lost with its connection is sent again by itself, and taken once', async () => {
  const { itemId } = await observer.createItem()
  const { api, network } = await startFragileApi({ deadlineMs: 15_000 })
  expectSuccess(await api.order('bob', { itemId, quantity: 1 }), 202, OrderAccepted)
  const held = network.holdRepliesFrom(isReserve)
  const asked = api.order('ann', { itemId, quantity: 2 })
  await held
  await eventually(() => network.repliesHeldCount() > 0, { what: 'the ledger to have replied' })
  network.cut()
  network.passAll()
  expectSuccess(await asked, 202, OrderAccepted)
  expect(await observer.audit(itemId)).toMatchObject({ available: 7, outboxUnits: 3, balanced: true })
})

test('an order that Redis never heard of is unknown too, and then simply is not there', async () => {
  const { itemId } = await observer.createItem()
  const { api, network } = await startFragileApi()
  await sellsTo('bob', api, itemId)
  network.holdRequests()
  const ask = () => api.order('ann', { itemId, quantity: 1 }, 'k')
  const { orderId } = await eventually(async () => expectProblem(await ask(), 'OUTCOME_UNKNOWN'), {
    what: 'an order that is sent before its deadline',
  })
  expectProblem(await observer.readOrder('ann', orderId!), 'ORDER_NOT_FOUND')
})

test('an order is refused at once when as many wait as may, and they are answered all the same', async () => {
  const { itemId } = await observer.createItem()
  const { api, network } = await startFragileApi({ pendingCountMax: 3, deadlineMs: 15_000 })
  expectSuccess(await api.order('bob', { itemId, quantity: 1 }), 202, OrderAccepted)
  const held = network.holdRepliesFrom(isReserve)
  const waiting = ['ann', 'cid', 'dan'].map((buyer) => api.order(buyer, { itemId, quantity: 1 }))
  await held
  expectProblem(await api.order('eve', { itemId, quantity: 1 }), 'OVERLOADED')
  network.passAll()
  for (const answer of await Promise.all(waiting)) expectSuccess(answer, 202, OrderAccepted)
  expectSuccess(await api.order('eve', { itemId, quantity: 1 }), 202, OrderAccepted)
  expect(await observer.audit(itemId)).toMatchObject({ outboxUnits: 5, balanced: true })
})

/** Ten buyers come while Redis is silent: how many of their orders wait in the process, and how many are refused at once. */
async function flood({ pendingCountMax }: { readonly pendingCountMax: number }) {
  const { itemId } = await observer.createItem({ total: 20 })
  const { api, network } = await startFragileApi({ pendingCountMax, deadlineMs: 20_000 })
  expectSuccess(await api.order('bob', { itemId, quantity: 1 }), 202, OrderAccepted)
  const held = network.holdRepliesFrom(isReserve)
  let refusedCount = 0
  const orders = Array.from({ length: 10 }, async (_, i) => {
    const { statusCode } = await api.order(`buyer-${i}`, { itemId, quantity: 1 })
    if (statusCode === 503) refusedCount += 1
  })
  await held
  const { batcher } = api.context
  await eventually(() => batcher.pendingCount + refusedCount === orders.length, { what: 'all orders to come' })
  const flooded = { waitingCount: batcher.pendingCount, refusedCount }
  network.passAll()
  await Promise.all(orders)
  return flooded
}

test('of a flood while Redis is silent no more orders wait than may, and the others are refused at once', async () => {
  expect(await flood({ pendingCountMax: 3 })).toEqual({ waitingCount: 3, refusedCount: 7 })
})

test('mutant: without the bound every order of a flood waits in the process', async () => {
  expect(await flood({ pendingCountMax: Infinity })).toEqual({ waitingCount: 10, refusedCount: 0 })
})

test('an order that waited behind a batch without a reply until its deadline was not taken', async () => {
  const { itemId } = await observer.createItem()
  const { api, network } = await startFragileApi({ batchSizeMax: 1 })
  await sellsTo('bob', api, itemId)
  const held = network.holdRepliesFrom(isReserve)
  const ask = () => api.order('ann', { itemId, quantity: 1 })
  await eventually(async () => expectProblem(await ask(), 'OUTCOME_UNKNOWN'), {
    what: 'an order that is sent before its deadline',
  })
  await held
  expectProblem(await api.order('cid', { itemId, quantity: 1 }, 'k'), 'OVERLOADED')
  network.passAll()
  const retried = await observer.order('cid', { itemId, quantity: 1 }, 'k')
  expectSuccess(retried, 202, OrderAccepted)
  expect(retried.headers).not.toHaveProperty('idempotent-replayed')
})

test('without its ledger an item is not available: never sold out, and an accepted order never not found', async () => {
  const { itemId } = await observer.createItem()
  const { orderId } = expectSuccess(await observer.order('ann', { itemId, quantity: 1 }, 'k'), 202, OrderAccepted)
  await observer.stores.redis.del(Object.values(ledgerKeys(itemId)))
  const fresh = await startTestApi(stores)
  onTestFinished(fresh.close)
  for (const api of [observer, fresh]) {
    expectProblem(await api.order('bob', { itemId, quantity: 1 }), 'UNAVAILABLE')
    expectProblem(await api.order('ann', { itemId, quantity: 1 }, 'k'), 'UNAVAILABLE')
    expect(expectProblem(await api.readOrder('ann', orderId), 'UNAVAILABLE').orderId).toBe(orderId)
  }
})

test('a ledger of which only the orders survived is not believed either', async () => {
  const { itemId } = await observer.createItem()
  const { orderId } = expectSuccess(await observer.order('ann', { itemId, quantity: 1 }), 202, OrderAccepted)
  await observer.stores.redis.hset(ledgerKeys(itemId).ledger, 'stamp', '0'.repeat(40))
  expectProblem(await observer.order('bob', { itemId, quantity: 1 }), 'UNAVAILABLE')
  expectProblem(await observer.readOrder('ann', orderId), 'UNAVAILABLE')
})

test('with Postgres away known items are sold on, others and orders that Redis cannot vouch for are not available', async () => {
  const { itemId } = await observer.createItem()
  const unknown = await observer.createItem()
  const port = Number(new URL(stores.database.url).port)
  const network = await startFaultProxy(port)
  const databaseUrl = stores.database.url.replace(`:${port}/`, `:${network.port}/`)
  const api = await startTestApi(stores, { databaseUrl })
  onTestFinished(async () => {
    await api.close()
    await network.close()
  })
  const { orderId } = expectSuccess(await api.order('ann', { itemId, quantity: 1 }), 202, OrderAccepted)
  network.refuse()
  expectSuccess(await api.order('bob', { itemId, quantity: 1 }), 202, OrderAccepted)
  expectProblem(await api.order('bob', { itemId: unknown.itemId, quantity: 1 }), 'UNAVAILABLE')
  expectProblem(await api.readOrder('ann', orderId), 'UNAVAILABLE')
  expectProblem(await api.get('/v1/sales'), 'UNAVAILABLE')
  expectProblem(await api.operate(`/v1/ops/items/${itemId}/restock`, { units: 1 }), 'UNAVAILABLE')
  network.accept()
  expectSuccess(await api.order('bob', { itemId: unknown.itemId, quantity: 1 }), 202, OrderAccepted)
})
