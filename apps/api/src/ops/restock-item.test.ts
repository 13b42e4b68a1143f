import { OrderAccepted } from '@flash-sale/contract/orders'
import { ItemView } from '@flash-sale/contract/sales'
import { ledgerKeys } from '@flash-sale/stock/ledger-keys'
import { withTestStores } from '@flash-sale/testing/start-test-stores'
import { expect, test } from 'vitest'
import { expectProblem, expectSuccess } from '../testing/expect-answer.fixture.ts'
import { withApi } from '../testing/start-test-api.fixture.ts'

const stores = withTestStores()
const api = withApi({ stores })
const other = withApi({ stores })

function ask(itemId: number, body: unknown, key?: string, from = api) {
  return from.operate(`/v1/ops/items/${itemId}/restock`, body, key)
}

async function restock(itemId: number, units: number, key?: string): Promise<ItemView> {
  return expectSuccess(await ask(itemId, { units }, key), 200, ItemView)
}

test('a sold out item is sold on by every instance, and the answer is the item with its units', async () => {
  const item = await api.createItem({ total: 1 })
  const { itemId } = item
  expectSuccess(await other.order('ann', { itemId, quantity: 1 }), 202, OrderAccepted)
  expectProblem(await other.order('bob', { itemId, quantity: 1 }), 'SOLD_OUT')
  expect(await restock(itemId, 2)).toEqual({ ...item, total: 3, available: 2 })
  expectSuccess(await other.order('bob', { itemId, quantity: 1 }), 202, OrderAccepted)
  expect(await api.audit(itemId)).toMatchObject({ total: 3, available: 1, outboxUnits: 2, balanced: true })
})

test('without a key each call for another number of units adds them', async () => {
  const { itemId } = await api.createItem({ total: 10 })
  await restock(itemId, 5)
  expect((await restock(itemId, 6)).total).toBe(21)
})

test('the same key again, also at the same instant from two instances, adds units once', async () => {
  const { itemId } = await api.createItem({ total: 10 })
  const answers = await Promise.all(
    [api, other, api, other].map((from) => ask(itemId, { units: 5 }, 'delivery 7', from)),
  )
  for (const answer of answers) expect(expectSuccess(answer, 200, ItemView)).toMatchObject({ total: 15, available: 15 })
  expect((await restock(itemId, 5, 'delivery 7')).total).toBe(15)
  expect((await restock(itemId, 5, 'delivery 8')).total).toBe(20)
})

test('a key used for another number of units is a conflict', async () => {
  const { itemId } = await api.createItem({ total: 10 })
  await restock(itemId, 5, 'k')
  expectProblem(await ask(itemId, { units: 6 }, 'k'), 'KEY_CONFLICT')
  expect(await api.audit(itemId)).toMatchObject({ total: 15, balanced: true })
})

test('in a storm no unit of a restock is lost or sold twice', async () => {
  const { itemId } = await api.createItem({ total: 20, purchaseLimit: 1 })
  const restocks = Array.from({ length: 10 }, (_, i) => restock(itemId, 3, `delivery ${i} in the storm`))
  const orders = Array.from({ length: 200 }, (_, i) => [api, other][i % 2]!.order(`b${i}`, { itemId, quantity: 1 }))
  await Promise.all([...restocks, ...orders])
  const more = Array.from({ length: 50 }, (_, i) => api.order(`c${i}`, { itemId, quantity: 1 }))
  const answers = await Promise.all([...orders, ...more])
  expect(answers.filter(({ statusCode }) => statusCode === 202)).toHaveLength(50)
  expect(await api.audit(itemId)).toMatchObject({ total: 50, available: 0, outboxUnits: 50, balanced: true })
})

test('units that come while the ledger is gone are there once it is rebuilt', async () => {
  const { itemId } = await api.createItem({ total: 10 })
  await api.stores.redis.del(Object.values(ledgerKeys(itemId)))
  expect((await restock(itemId, 5, 'while it is gone')).total).toBe(15)
  expect((await restock(itemId, 5, 'while it is gone')).total).toBe(15)
  await api.operate(`/v1/ops/items/${itemId}/rebuild`)
  expect(await api.audit(itemId)).toMatchObject({ total: 15, available: 15, balanced: true })
})

test('more units than can be counted are refused and change nothing', async () => {
  const { itemId } = await api.createItem()
  const total = 2_147_000_000
  await api.stores.database.saleItem.update({ where: { id: itemId }, data: { total } })
  await api.operate(`/v1/ops/items/${itemId}/rebuild`)
  expectProblem(await ask(itemId, { units: 1_000_000 }), 'INVALID_REQUEST')
  expect(await api.audit(itemId)).toMatchObject({ total, available: total, balanced: true })
})

test('a sale that was closed or has ended takes no more units, and a key answers as before', async () => {
  const closed = await api.createItem({ total: 10 })
  await restock(closed.itemId, 5, 'before')
  await api.operate(`/v1/ops/sales/${closed.saleId}/close`)
  const ended = await api.createItem(
    { total: 10 },
    { opensAt: '2020-01-01T00:00:00Z', closesAt: '2020-01-02T00:00:00Z' },
  )
  for (const { itemId } of [closed, ended]) expectProblem(await ask(itemId, { units: 1 }), 'SALE_ALREADY_CLOSED')
  expect((await restock(closed.itemId, 5, 'before')).total).toBe(15)
  expectProblem(await ask(closed.itemId, { units: 6 }, 'before'), 'KEY_CONFLICT')
  expect(await api.audit(ended.itemId)).toMatchObject({ total: 10, available: 10, balanced: true })
})

test('an item that does not exist is not found', async () => {
  expectProblem(await ask(2_147_483_647, { units: 1 }), 'ITEM_NOT_FOUND')
})

test.each(
  [
    undefined,
    null,
    [],
    [{ units: 1 }],
    {},
    { units: 0 },
    { units: -1 },
    { units: 1.5 },
    { units: '1' },
    { units: null },
    { units: [1] },
    { units: 10_000_001 },
    { units: 1, note: 'x' },
    { quantity: 1 },
  ].map((body) => [body]),
)('%j is no restock', async (body) => {
  const { itemId } = await api.createItem({ total: 10 })
  expectProblem(await ask(itemId, body), 'INVALID_REQUEST')
  expect(await api.audit(itemId)).toMatchObject({ total: 10 })
})

test.each([
  ['empty', ''],
  ['too long', 'k'.repeat(256)],
  ['not ASCII', 'é'],
  ['with a tab', 'a\tb'],
])('a key that is %s is refused', async (_what, key) => {
  const { itemId } = await api.createItem()
  expectProblem(await ask(itemId, { units: 1 }, key), 'INVALID_REQUEST')
})
