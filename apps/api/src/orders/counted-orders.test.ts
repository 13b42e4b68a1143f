import { OrderAccepted, OrderView } from '@flash-sale/contract/orders'
import { eventually } from '@flash-sale/testing/eventually'
import { startFaultProxy } from '@flash-sale/testing/fault-proxy'
import { withTestStores } from '@flash-sale/testing/start-test-stores'
import { expect, onTestFinished, test, vi } from 'vitest'
import { expectProblem, expectSuccess } from '../testing/expect-answer.fixture.ts'
import { persistWaiting } from '../testing/persist-waiting.fixture.ts'
import { startTestApi, withApi } from '../testing/start-test-api.fixture.ts'
import { createFindCountedOrders } from './counted-orders.ts'

const stores = withTestStores()
const api = withApi({ stores })
const other = withApi({ stores })

async function place(buyer: string, itemId: number, quantity = 1): Promise<string> {
  return expectSuccess(await api.order(buyer, { itemId, quantity }), 202, OrderAccepted).orderId
}

async function refused(buyer: string, itemId: number, quantity = 1, from = other): Promise<string[] | undefined> {
  return expectProblem(await from.order(buyer, { itemId, quantity }), 'LIMIT_REACHED').orderIds
}

/** On a machine that is busy with other things a list may come too late for its refusal. */
function named(...order: Parameters<typeof refused>): Promise<string[] | undefined> {
  return eventually(() => refused(...order), { what: 'a refusal with its list' })
}

test('a refusal for the limit names the orders that count, the newest first, wherever they are', async () => {
  const { itemId } = await api.createItem({ purchaseLimit: 4 })
  const persisted = [await place('ann', itemId), await place('ann', itemId)]
  await persistWaiting(api.stores, itemId)
  const acknowledgedLater = await place('ann', itemId)
  await persistWaiting(api.stores, itemId, { acknowledged: false })
  const waiting = await place('ann', itemId)
  expect(await named('ann', itemId)).toEqual([waiting, acknowledgedLater, persisted[1], persisted[0]])
  for (const orderId of [waiting, ...persisted]) expectSuccess(await api.readOrder('ann', orderId), 200, OrderView)
})

test("others' orders, other items' and ended ones do not count, and who asks for too much at once has none", async () => {
  const { itemId } = await api.createItem({ purchaseLimit: 1 })
  const another = await api.createItem({ purchaseLimit: 1 })
  await place('ann', another.itemId)
  await place('bob', itemId)
  expect(await named('ann', itemId, 2)).toEqual([])
  const ended = await place('ann', itemId)
  await persistWaiting(api.stores, itemId)
  await persistWaiting(api.stores, another.itemId)
  const { database } = api.stores
  await database.order.update({ where: { id: ended }, data: { status: 'cancelled' } })
  await database.saleItem.update({ where: { id: itemId }, data: { persisted: { decrement: 1 } } })
  await database.buyerQuota.updateMany({ where: { itemId, buyer: 'ann' }, data: { units: 0 } })
  await api.operate(`/v1/ops/items/${itemId}/rebuild`)
  const active = await place('ann', itemId)
  expect(await named('ann', itemId)).toEqual([active])
})

test('no more than a hundred are named', async () => {
  const { itemId } = await api.createItem({ total: 200, purchaseLimit: 120 })
  const placed = await Promise.all(Array.from({ length: 120 }, () => place('ann', itemId)))
  const list = await named('ann', itemId)
  expect(list).toHaveLength(100)
  expect(placed).toEqual(expect.arrayContaining(list!))
  await persistWaiting(api.stores, itemId)
  expect(await named('ann', itemId)).toHaveLength(100)
})

/** Statements that read orders: other parts of the process ask Postgres about other things meanwhile. */
function listReads(asked: { readonly mock: { readonly calls: readonly unknown[][] } }): number {
  return asked.mock.calls.filter(([sql]) => JSON.stringify(sql).includes('FROM orders')).length
}

test('refusals of the same instant share a statement, and those beyond the bound go without the list', async () => {
  const { itemId } = await api.createItem({ total: 100, purchaseLimit: 1 })
  const buyers = Array.from({ length: 100 }, (_, i) => `buyer-${i}`)
  const orderIds = await Promise.all(buyers.map((buyer) => place(buyer, itemId)))
  await persistWaiting(api.stores, itemId)
  const asked = vi.spyOn(api.stores.database, '$queryRaw')
  const find = createFindCountedOrders(api.stores, 60_000)
  const found = await Promise.all(buyers.map((buyer) => find(itemId, buyer)))
  // The first is looked up at once, and 64 who ask meanwhile are looked up together.
  expect(found).toEqual(orderIds.map((orderId, i) => (i < 65 ? [orderId] : undefined)))
  expect(listReads(asked)).toBe(2)
  asked.mockRestore()
})

test('an accepted order and one that is sold out look nothing up', async () => {
  const { itemId } = await api.createItem({ total: 1, purchaseLimit: 5 })
  expectProblem(await other.order('bob', { itemId, quantity: 2 }), 'SOLD_OUT')
  const asked = vi.spyOn(other.stores.database, '$queryRaw')
  expectSuccess(await other.order('ann', { itemId, quantity: 1 }), 202, OrderAccepted)
  expectProblem(await other.order('ann', { itemId, quantity: 1 }), 'SOLD_OUT')
  expect(listReads(asked)).toBe(0)
  asked.mockRestore()
})

test('while Postgres does not answer the refusal comes all the same, without the list, and at once after the first', async () => {
  const proxy = await startFaultProxy(Number(new URL(stores.database.url).port))
  const url = new URL(stores.database.url)
  url.port = String(proxy.port)
  const cutOff = await startTestApi(stores, { databaseUrl: url.href })
  onTestFinished(async () => {
    proxy.passAll()
    await cutOff.close()
    await proxy.close()
  })
  const { itemId } = await api.createItem({ purchaseLimit: 1 })
  const orderId = await place('ann', itemId)
  expect(await named('ann', itemId, 1, cutOff)).toEqual([orderId])
  proxy.holdReplies()
  expect(await refused('ann', itemId, 1, cutOff)).toBeUndefined()
  const asked = vi.spyOn(cutOff.stores.database, '$queryRaw')
  expect(await Promise.all(Array.from({ length: 20 }, () => refused('ann', itemId, 1, cutOff)))).toEqual(
    Array.from({ length: 20 }, () => undefined),
  )
  expect(listReads(asked)).toBe(0)
  asked.mockRestore()
})
