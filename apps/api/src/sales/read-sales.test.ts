import { OrderAccepted } from '@flash-sale/contract/orders'
import { SaleList, SaleView } from '@flash-sale/contract/sales'
import { ledgerKeys } from '@flash-sale/stock/ledger-keys'
import { startTestStores, type TestStores } from '@flash-sale/testing/start-test-stores'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { expectProblem, expectSuccess } from '../testing/expect-answer.fixture.ts'
import { persistWaiting } from '../testing/persist-waiting.fixture.ts'
import { saleOf, startTestApi, type TestApi } from '../testing/start-test-api.fixture.ts'

let stores: TestStores
let api: TestApi

beforeAll(async () => {
  stores = await startTestStores()
  api = await startTestApi(stores)
})
afterAll(async () => {
  await api?.close()
  await stores?.stop()
})

async function readSale(saleId: number): Promise<SaleView> {
  return expectSuccess(await api.get(`/v1/sales/${saleId}`), 200, SaleView)
}

test('before there is a sale the list is empty', async () => {
  expect(expectSuccess(await api.get('/v1/sales'), 200, SaleList)).toEqual({ sales: [] })
})

test('anyone can read sales, the newest first, each as it is read by itself', async () => {
  const first = await api.createSale()
  const second = await api.createSale({ name: 'Second' })
  const { sales } = expectSuccess(await api.get('/v1/sales'), 200, SaleList)
  expect(sales).toEqual([second, first])
  expect(await readSale(first.saleId)).toEqual(first)
})

test('an item shows the units that can still be ordered, from the moment they are taken', async () => {
  const { saleId, items } = await api.createSale({ items: saleOf({ total: 10 }).items })
  const { itemId } = items[0]!
  expectSuccess(await api.order('ann', { itemId, quantity: 2 }), 202, OrderAccepted)
  expect((await readSale(saleId)).items[0]).toMatchObject({ total: 10, available: 8 })
  await persistWaiting(api.stores, itemId)
  expect((await readSale(saleId)).items[0]).toMatchObject({ total: 10, available: 8 })
})

test('while a ledger is gone its item shows what Postgres knows, and the others are as they are', async () => {
  const [sku, other] = ['A', 'B'].flatMap((name) => saleOf({ sku: name, total: 10 }).items)
  const { saleId, items } = await api.createSale({ items: [sku!, other!] })
  const { itemId } = items[0]!
  expectSuccess(await api.order('ann', { itemId, quantity: 2 }), 202, OrderAccepted)
  await persistWaiting(api.stores, itemId)
  await api.stores.redis.del(ledgerKeys(itemId).ledger)
  const sale = await readSale(saleId)
  expect(sale.state).toBe('open')
  expect(sale.items.map(({ available }) => available)).toEqual([8, 10])
})

test('the list holds a hundred sales, and older ones can be read by their id', async () => {
  const oldest = await api.createSale({ name: 'The oldest' })
  const nowMs = Date.now()
  const data = Array.from({ length: 100 }, (_, i) => ({
    name: `${i}`,
    opensAt: new Date(nowMs),
    closesAt: new Date(nowMs + 1),
  }))
  await api.stores.database.sale.createMany({ data })
  const { sales } = expectSuccess(await api.get('/v1/sales'), 200, SaleList)
  expect(sales.map(({ name }) => name)).toEqual(data.map(({ name }) => name).toReversed())
  expect((await readSale(oldest.saleId)).name).toBe('The oldest')
})

test('a sale that does not exist is not found', async () => {
  expectProblem(await api.get('/v1/sales/2147483647'), 'SALE_NOT_FOUND')
})
