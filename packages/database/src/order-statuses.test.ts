import { orderStatuses, orderStatusFacts, takesUnits, type OrderStatus } from '@flash-sale/contract/order-statuses'
import { createTestDatabase, type TestDatabase } from '@flash-sale/testing/test-database'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connectDatabase, type Database } from './connect.ts'

let testDatabase: TestDatabase
let database: Database

beforeAll(async () => {
  testDatabase = await createTestDatabase()
  database = connectDatabase(testDatabase.url, { poolSizeMax: 1, statementTimeoutMs: 10_000 })
})
afterAll(async () => {
  await database.$disconnect()
  await testDatabase.drop()
})

test('Postgres has exactly the statuses that the contract calls stored, and says the same of which take units', async () => {
  const rows = await database.$queryRaw<{ status: OrderStatus; takes: boolean }[]>`
    SELECT status::text AS status, takes_units(status) AS takes
    FROM unnest(enum_range(NULL::order_status)) AS s(status)`
  const told = Object.fromEntries(rows.map(({ status, takes }) => [status, takes]))
  const stored = orderStatuses.filter((status) => orderStatusFacts[status].isStored)
  expect(told).toEqual(Object.fromEntries(stored.map((status) => [status, takesUnits(status)])))
})

test('a statement that asks which orders take units calls no function for it', async () => {
  const plan = await database.$queryRaw<{ 'QUERY PLAN': string }[]>`
    EXPLAIN SELECT sum(quantity) FROM orders WHERE takes_units(status)`
  const text = plan.map((line) => line['QUERY PLAN']).join('\n')
  expect(text).toContain('confirmed')
  expect(text).not.toContain('takes_units')
})
