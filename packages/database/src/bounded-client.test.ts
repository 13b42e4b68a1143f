import { createTestDatabase, type TestDatabase } from '@flash-sale/testing/test-database'
import { beforeEach, expect, test } from 'vitest'
import { connectDatabase, type Database } from './connect.ts'
import { sqlStateOf } from './sql-state.ts'

let testDatabase: TestDatabase
let database: Database

beforeEach(async () => {
  testDatabase = await createTestDatabase()
  database = connect(true)
  return async () => {
    await database.$disconnect()
    await testDatabase.drop()
  }
})

function connect(isPooled: boolean, statementTimeoutMs = 20_000): Database {
  return connectDatabase(testDatabase.url, { poolSizeMax: 2, statementTimeoutMs, isPooled })
}

const canceled = '57014'

test.each([true, false])(
  'Postgres ends a statement that runs longer than it may, behind a pooler: %s',
  async (isPooled) => {
    await database.$disconnect()
    database = connect(isPooled, 300)
    for (const statement of [database.$queryRaw`SELECT pg_sleep(${20})`, database.$queryRaw`SELECT pg_sleep(20)`]) {
      const error: unknown = await statement.then(
        () => undefined,
        (reason: unknown) => reason,
      )
      expect(sqlStateOf(error)).toBe(canceled)
    }
  },
)

test('rows, counts and errors are those of the statement alone', async () => {
  expect(await database.$queryRaw`SELECT a FROM generate_series(1, ${3}::int) a`).toEqual([
    { a: 1 },
    { a: 2 },
    { a: 3 },
  ])
  expect(await database.$queryRaw`SELECT 1 AS a WHERE false`).toEqual([])
  expect(await database.$executeRaw`INSERT INTO restocks (item_id, key, units) VALUES (1, 'a', 1), (1, 'b', 1)`).toBe(2)
  await expect(database.$queryRaw`SELECT nothing`).rejects.toThrow(/nothing/)
  expect(await database.restock.count()).toBe(2)
})

test('a transaction is one, and undone as one', async () => {
  const failing = database.$transaction(async (transaction) => {
    await transaction.restock.create({ data: { itemId: 1, key: 'a', units: 1 } })
    throw new Error('enough')
  })
  await expect(failing).rejects.toThrow('enough')
  expect(await database.restock.count()).toBe(0)
})

test('every function of ours names the schema that its tables are in, unless it was bound to what it names when it was made, or names nothing', async () => {
  const functions = await database.$queryRaw<{ name: string; settings: string[] | null }[]>`
    SELECT proname AS name, proconfig AS settings FROM pg_proc
    WHERE pronamespace = 'public'::regnamespace AND prosqlbody IS NULL AND proname <> 'take_transaction_id'`
  expect(functions.length).toBeGreaterThan(0)
  for (const { name, settings } of functions) {
    expect(settings ?? [], name).toEqual([expect.stringMatching(/^search_path="?public"?, pg_temp$/)])
  }
})
