import { AuditTrail } from '@flash-sale/contract/audit-trail'
import { FoundOrders } from '@flash-sale/contract/order-list'
import { OrderAccepted } from '@flash-sale/contract/orders'
import { SearchResult } from '@flash-sale/contract/search'
import { testOpsKey } from '@flash-sale/testing/test-tokens'
import { expect, test } from 'vitest'
import { expectProblem, expectSuccess } from '../testing/expect-answer.fixture.ts'
import { persistWaiting } from '../testing/persist-waiting.fixture.ts'
import { withApi } from '../testing/start-test-api.fixture.ts'

const api = withApi()

async function find(text: string): Promise<SearchResult> {
  return expectSuccess(await api.get(`/v1/ops/search?text=${encodeURIComponent(text)}`, testOpsKey), 200, SearchResult)
}

async function furnish(buyer: string, sku: string) {
  const { itemId, saleId } = await api.createItem({ sku, name: `Lamp ${sku}` }, { name: `Night of ${sku}` })
  const { orderId } = expectSuccess(await api.order(buyer, { itemId, quantity: 1 }), 202, OrderAccepted)
  await persistWaiting(api.stores, itemId)
  const { orders } = expectSuccess(await api.get(`/v1/ops/orders?orderId=${orderId}`, testOpsKey), 200, FoundOrders)
  return { itemId, saleId, orderId, number: orders[0]!.number! }
}

test('one text finds an order by its number, its id and its buyer, with the name of the item', async () => {
  const { itemId, saleId, orderId, number } = await furnish('王小明', 'ONE')
  const order = { orderId, number, itemId, saleId, itemName: 'Lamp ONE', buyer: '王小明' }
  for (const text of [String(number), orderId, ` ${orderId.toUpperCase()} `, '王小明']) {
    expect((await find(text)).orders, text).toMatchObject([order])
  }
})

test('an order is found by its id before Postgres has it', async () => {
  const { itemId } = await api.createItem()
  const { orderId } = expectSuccess(await api.order('early', { itemId, quantity: 1 }), 202, OrderAccepted)
  expect((await find(orderId)).orders).toMatchObject([{ orderId, status: 'accepted', buyer: 'early' }])
})

test('one text finds items by SKU and name, and sales by name, in capitals or not, and both by their numbers', async () => {
  const { itemId, saleId } = await furnish('ann', 'X_7%')
  for (const text of ['x_7%', 'lamp x_', 'X_7'])
    expect((await find(text)).items, text).toMatchObject([{ itemId, saleId }])
  expect((await find('night of x_7')).sales).toMatchObject([{ saleId, name: 'Night of X_7%' }])
  expect((await find(String(itemId))).items.map((item) => item.itemId)).toContain(itemId)
  expect((await find(String(saleId))).sales.map((sale) => sale.saleId)).toContain(saleId)
  // Signs that SQL patterns use are letters like others.
  expect((await find('x%7')).items).toEqual([])
})

test('a text that names nothing, is empty or is a number beyond all numbers finds nothing', async () => {
  for (const text of [
    'nothing of this name',
    '',
    '  ',
    '99999999999999999999',
    '00000000-0000-8000-8000-000000000000',
  ]) {
    expect(await find(text), text).toEqual({ sales: [], items: [], orders: [] })
  }
  expectProblem(await api.get(`/v1/ops/search?text=${'x'.repeat(201)}`, testOpsKey), 'INVALID_REQUEST')
})

test('the trail names sales and items, the sale of an item too, and says what was created', async () => {
  const { itemId, saleId } = await furnish('bob', 'TRAIL')
  await api.operate(`/v1/ops/items/${itemId}/restock`, { units: 3 })
  const { events } = expectSuccess(await api.get(`/v1/ops/audit-events?saleId=${saleId}`, testOpsKey), 200, AuditTrail)
  const named = { saleId, saleName: 'Night of TRAIL' }
  expect(events.find(({ action }) => action === 'restock')).toMatchObject({ ...named, itemId, itemName: 'Lamp TRAIL' })
  const created = events.find(({ action }) => action === 'create')
  expect(created).toMatchObject({ ...named, detail: { name: 'Night of TRAIL', items: 1, units: 10 } })
})
