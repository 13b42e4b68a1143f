import { randomUUID } from 'node:crypto'
import { createTestItem } from '@flash-sale/testing/create-test-item'
import { createTestDatabase, type TestDatabase } from '@flash-sale/testing/test-database'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connectDatabase, type Database } from './connect.ts'
import { readItem, takeFence } from './items.ts'
import { keepEndedOrders } from './keep-ended-orders.ts'

let testDatabase: TestDatabase
let database: Database

beforeAll(async () => {
  testDatabase = await createTestDatabase()
  database = connectDatabase(testDatabase.url, { poolSizeMax: 2, statementTimeoutMs: 10_000 })
})

afterAll(async () => {
  await database.$disconnect()
  await testDatabase.drop()
})

test('ended orders are kept by the holder of the item alone, once, and take no units', async () => {
  const itemId = await createTestItem(testDatabase.url, { total: 5, purchaseLimit: 5 })
  const fence = (await takeFence(database, itemId))!
  const { birth } = (await readItem(database, itemId))!
  const [order, other] = [1, 2].map((acceptedAtMs) => ({
    orderId: randomUUID(),
    buyer: 'ann',
    quantity: 2,
    acceptedAtMs,
  }))
  expect(await keepEndedOrders(database, itemId, { fence: fence - 1n, birth }, [order!])).toBe(false)
  expect(await keepEndedOrders(database, itemId, { fence, birth: '1' }, [order!])).toBe(false)
  expect(await database.order.count({ where: { itemId } })).toBe(0)
  const noOrder = { orderId: 'no id', buyer: 'ann', quantity: 1, acceptedAtMs: 1 }
  for (let i = 0; i < 2; i += 1) {
    expect(await keepEndedOrders(database, itemId, { fence, birth }, [order!, noOrder, other!])).toBe(true)
  }
  expect(await database.order.count({ where: { itemId, status: 'cancelled' } })).toBe(2)
  expect(await database.returningOrder.count({ where: { itemId } })).toBe(0)
  expect(await database.orderEvent.count({ where: { itemId, status: 'cancelled' } })).toBe(2)
  expect(await readItem(database, itemId)).toMatchObject({ persisted: 0, returningUnits: 0 })
})
