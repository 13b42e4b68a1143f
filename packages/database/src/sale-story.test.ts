import { createTestDatabase, type TestDatabase } from '@flash-sale/testing/test-database'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connectDatabase, type Database } from './connect.ts'
import { createPayingItem, storeOrderToPay } from './payments.fixture.ts'
import { readSelling } from './sale-story.ts'

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

test('stored orders are those that buyers sent: ended and rejected ones too, but none that late money bought', async () => {
  const itemId = await createPayingItem(testDatabase.url, database)
  await storeOrderToPay(database, itemId, { status: 'paid' })
  const ended = await storeOrderToPay(database, itemId, { status: 'expired' })
  await storeOrderToPay(database, itemId, { status: 'rejected' })
  const bought = await storeOrderToPay(database, itemId, { status: 'paid' })
  await database.$executeRaw`UPDATE orders SET replaces = ${ended}::uuid WHERE id = ${bought}::uuid`
  const { stretches, storedOrders } = await readSelling(database, [itemId], [])
  expect(storedOrders).toBe(3)
  expect(stretches.find((stretch) => stretch.itemId === null)).toMatchObject({ orders: 2, endedOrders: 1, units: 4 })
})

test('rejected orders alone are no time of selling', async () => {
  const itemId = await createPayingItem(testDatabase.url, database)
  await storeOrderToPay(database, itemId, { status: 'rejected' })
  expect(await readSelling(database, [itemId], [])).toEqual({ stretches: [], storedOrders: 1 })
})
