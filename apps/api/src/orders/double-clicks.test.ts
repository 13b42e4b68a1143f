import { setTimeout as sleep } from 'node:timers/promises'
import { OrderAccepted } from '@flash-sale/contract/orders'
import { SaleView } from '@flash-sale/contract/sales'
import { ledgerKeys } from '@flash-sale/stock/ledger-keys'
import { shortOrderId } from '@flash-sale/stock/order-id'
import { packOrder, unpackOrder } from '@flash-sale/stock/packed-order'
import { startFaultProxy } from '@flash-sale/testing/fault-proxy'
import { withTestStores } from '@flash-sale/testing/start-test-stores'
import { expect, onTestFinished, test, vi } from 'vitest'
import { expectProblem, expectSuccess } from '../testing/expect-answer.fixture.ts'
import { saleOf, startTestApi, withApi, type TestApi } from '../testing/start-test-api.fixture.ts'

const stores = withTestStores()
const api = withApi({ stores })
const other = withApi({ stores })

const itemWith = async (duplicateWindowMs: number | undefined, purchaseLimit = 5) =>
  (await api.createItem({ purchaseLimit }, duplicateWindowMs === undefined ? {} : { duplicateWindowMs })).itemId

async function place(from: TestApi, itemId: number, quantity = 1, buyer = 'ann', key?: string) {
  const answer = await from.order(buyer, { itemId, quantity }, key)
  const { orderId } = expectSuccess(answer, 202, OrderAccepted)
  expect(answer.headers.location).toBe(`/v1/orders/${orderId}`)
  return { orderId, isReplayed: answer.headers['idempotent-replayed'] === 'true' }
}

test('a double click without a key is one order, at one process, at another, and when the limit is reached', async () => {
  const itemId = await itemWith(60_000, 1)
  const first = await place(api, itemId)
  expect(first.isReplayed).toBe(false)
  for (const from of [api, other]) expect(await place(from, itemId)).toEqual({ ...first, isReplayed: true })
  expect(await api.audit(itemId)).toMatchObject({ available: 9, outboxUnits: 1, balanced: true })
})

test('many clicks of the same instant, through two processes, are one order', async () => {
  const itemId = await itemWith(60_000)
  const clicks = await Promise.all(Array.from({ length: 20 }, (_, i) => place([api, other][i % 2]!, itemId)))
  expect(new Set(clicks.map(({ orderId }) => orderId)).size).toBe(1)
  expect(clicks.filter(({ isReplayed }) => !isReplayed)).toHaveLength(1)
  expect(await api.audit(itemId)).toMatchObject({ available: 9, outboxUnits: 1 })
})

test.each([
  ['within the window is the first one sent again', 40_000, true],
  ['after the window is another order', 61_000, false],
])('a click of the next stretch of time %s', async (_what, ageMs, isReplayed) => {
  const itemId = await itemWith(60_000)
  const nowMs = Date.now()
  const clock = vi.spyOn(Date, 'now').mockReturnValue(nowMs)
  onTestFinished(() => clock.mockRestore())
  const first = await place(api, itemId)
  await makeOlder(itemId, first.orderId, ageMs)
  clock.mockReturnValue(nowMs + 60_000)
  const second = await place(other, itemId)
  expect(second.isReplayed).toBe(isReplayed)
  expect(second.orderId === first.orderId).toBe(isReplayed)
})

test('a click of the next stretch that is held up on its way for longer than the window is the first one sent again', async () => {
  const windowMs = 2_000
  const link = await startFaultProxy(stores.redis.port)
  const redisUrl = new URL(stores.redis.url)
  redisUrl.port = String(link.port)
  const slow = await startTestApi(stores, { redisUrl: redisUrl.href })
  onTestFinished(async () => {
    link.passAll()
    await slow.close()
    await link.close()
  })
  const itemId = await itemWith(windowMs)
  await place(slow, itemId, 1, 'bob')
  const nowMs = Date.now()
  const clock = vi.spyOn(Date, 'now').mockReturnValue(nowMs - windowMs)
  onTestFinished(() => clock.mockRestore())
  const first = await place(api, itemId)
  clock.mockReturnValue(nowMs)
  link.holdRequests()
  const second = place(slow, itemId)
  await sleep(1.2 * windowMs)
  link.passAll()
  expect(await second).toEqual({ ...first, isReplayed: true })
})

async function makeOlder(itemId: number, orderId: string, ageMs: number): Promise<void> {
  const { orders } = ledgerKeys(itemId)
  const order = unpackOrder((await api.stores.redis.hget(orders, shortOrderId(orderId)))!)
  const packed = packOrder({ ...order, acceptedAtMs: order.acceptedAtMs - ageMs })
  await api.stores.redis.hset(orders, shortOrderId(orderId), packed)
}

test('another buyer, another quantity, a key and another item are orders of their own', async () => {
  const itemId = await itemWith(60_000)
  const orders = [
    await place(api, itemId),
    await place(api, itemId, 1, 'bob'),
    await place(api, itemId, 2),
    await place(api, itemId, 1, 'ann', 'a key'),
    await place(api, await itemWith(60_000)),
  ]
  expect(new Set(orders.map(({ orderId }) => orderId)).size).toBe(5)
  expect(orders.filter(({ isReplayed }) => isReplayed)).toEqual([])
})

test('a double click is known after the ledger was made anew, too', async () => {
  const itemId = await itemWith(60_000)
  const first = await place(api, itemId)
  await api.operate(`/v1/ops/items/${itemId}/rebuild`)
  expect(await place(other, itemId)).toEqual({ ...first, isReplayed: true })
  expect(await api.audit(itemId)).toMatchObject({ available: 9, balanced: true })
})

test('without a window, or with one of 0, every click is an order', async () => {
  for (const window of [undefined, 0]) {
    const itemId = await itemWith(window)
    const clicks = [await place(api, itemId), await place(api, itemId)]
    expect(clicks[0]!.orderId).not.toBe(clicks[1]!.orderId)
  }
})

test('the sale says its window, and none when it has none', async () => {
  const { saleId } = await api.createSale({ duplicateWindowMs: 1_500 })
  const view = expectSuccess(await other.get(`/v1/sales/${saleId}`), 200, SaleView)
  expect(view.duplicateWindowMs).toBe(1_500)
  expect(await api.createSale()).not.toHaveProperty('duplicateWindowMs')
})

test.each([-1, 1.5, 60_001, '1000', null])('a window of %j is refused', async (duplicateWindowMs) => {
  const body = { ...saleOf({}), duplicateWindowMs }
  expectProblem(await api.operate('/v1/ops/sales', body), 'INVALID_REQUEST')
})

test('a first order that a process learns of late is known: the window is found with the item', async () => {
  const itemId = await itemWith(60_000)
  const late = await startTestApi(stores)
  const clicks = await Promise.all([place(late, itemId), place(late, itemId), place(api, itemId)])
  expect(new Set(clicks.map(({ orderId }) => orderId)).size).toBe(1)
  await late.close()
})
