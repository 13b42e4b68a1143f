import { createTestItem } from '@flash-sale/testing/create-test-item'
import { eventually } from '@flash-sale/testing/eventually'
import { holdTable } from '@flash-sale/testing/held-table'
import { mutateFunction } from '@flash-sale/testing/mutate-function'
import { createTestDatabase, type TestDatabase } from '@flash-sale/testing/test-database'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { connectDatabase, type Database } from './connect.ts'
import { raiseEpoch, readItem, takeFence } from './items.ts'
import { persistOrders, type OrderToPersist } from './persist-orders.ts'

let testDatabase: TestDatabase
/** Two workers, each with connections of its own. */
let one: Database
let other: Database

beforeEach(async () => {
  testDatabase = await createTestDatabase()
  const connect = () => connectDatabase(testDatabase.url, { poolSizeMax: 2, statementTimeoutMs: 10_000 })
  one = connect()
  other = connect()
})

afterEach(async () => {
  await Promise.all([one.$disconnect(), other.$disconnect()])
  await testDatabase.drop()
})

const epoch = 0
let orderCount = 0

function newOrders(count: number, buyerPrefix = 'buyer'): OrderToPersist[] {
  return Array.from({ length: count }, (_, i) => {
    orderCount += 1
    const orderId = `00000000-0000-8000-8000-${orderCount.toString(16).padStart(12, '0')}`
    return { orderId, buyer: `${buyerPrefix}-${i}`, quantity: 1, acceptedAtMs: 1_700_000_000_000 }
  })
}

async function stored(
  itemId: number,
): Promise<{ persisted: number; rows: number; activeUnits: number; quotas: number }> {
  const { persisted } = await one.saleItem.findUniqueOrThrow({ where: { id: itemId } })
  const rows = await one.order.findMany({ where: { itemId } })
  const quotas = await one.buyerQuota.findMany({ where: { itemId } })
  const activeUnits = rows.filter((row) => row.status === 'confirmed').reduce((sum, row) => sum + row.quantity, 0)
  return { persisted, rows: rows.length, activeUnits, quotas: quotas.reduce((sum, quota) => sum + quota.units, 0) }
}

test('one batch persisted by two workers at once counts once, in every round', async () => {
  const rounds = 40
  const itemId = await createTestItem(testDatabase.url, { total: 10_000, purchaseLimit: rounds })
  for (let round = 0; round < rounds; round += 1) {
    const batch = newOrders(20)
    const outcomes = await Promise.all(
      [one, other, one, other].map((worker) => persistOrders(worker, itemId, { epoch }, batch)),
    )
    expect(new Set(outcomes.flat())).toEqual(new Set(['confirmed']))
  }
  expect(await stored(itemId)).toEqual({ persisted: 800, rows: 800, activeUnits: 800, quotas: 800 })
})

test('batches of two workers that share some of their orders count each order once', async () => {
  const itemId = await createTestItem(testDatabase.url, { total: 10_000, purchaseLimit: 1_000 })
  const all = newOrders(400)
  const pieces = Array.from({ length: 36 }, (_, i) => all.slice(i * 10, i * 10 + 40))
  await Promise.all(pieces.map((piece, i) => persistOrders(i % 2 ? one : other, itemId, { epoch }, piece)))
  expect(await stored(itemId)).toMatchObject({ persisted: 390, rows: 390, activeUnits: 390 })
})

test('two workers whose batches together exceed the total sell exactly the total', async () => {
  const itemId = await createTestItem(testDatabase.url, { total: 100, purchaseLimit: 1 })
  const batches = Array.from({ length: 12 }, (_, i) => newOrders(15, `b${i}`))
  const outcomes = await Promise.all(
    batches.map((batch, i) => persistOrders(i % 2 ? one : other, itemId, { epoch }, batch)),
  )
  const confirmedCount = outcomes.flat().filter((outcome) => outcome === 'confirmed').length
  const numbers = await stored(itemId)
  expect(confirmedCount).toBe(100)
  expect(numbers).toEqual({ persisted: 100, rows: 180, activeUnits: 100, quotas: 100 })
})

test("a buyer's orders in two workers' hands at once never exceed the limit", async () => {
  const itemId = await createTestItem(testDatabase.url, { total: 1_000, purchaseLimit: 3 })
  const orders = newOrders(16).map((order) => ({ ...order, buyer: 'greedy' }))
  const outcomes = await Promise.all(
    orders.map((order, i) => persistOrders(i % 2 ? one : other, itemId, { epoch }, [order])),
  )
  expect(outcomes.flat().toSorted()).toEqual([
    ...Array<string>(13).fill('LEDGER_WRONG'),
    ...Array<string>(3).fill('confirmed'),
  ])
  expect(await stored(itemId)).toMatchObject({ persisted: 3, activeUnits: 3, quotas: 3 })
})

/** Persists while the rows cannot be written yet, and raises the epoch meanwhile; says which of the two was done first. */
async function raceEpochAgainstPersist(): Promise<{ first: string; rowsSeenAfterRaising: number; rowsAtLast: number }> {
  const itemId = await createTestItem(testDatabase.url, { total: 10, purchaseLimit: 10 })
  const { birth } = (await readItem(one, itemId))!
  const fence = (await takeFence(one, itemId))!
  const held = await holdTable(testDatabase.url, 'orders')
  const done: string[] = []
  const persisted = persistOrders(one, itemId, { epoch }, newOrders(3)).then(() => done.push('persist'))
  await eventually(() => held.isAwaitedBy('persist_orders'), { what: 'the persist to wait for the rows' })
  const raised = raiseEpoch(other, itemId, { fence, birth }, 0).then(async () => {
    const { rows } = await stored(itemId)
    done.push('raise')
    return rows
  })
  await eventually(async () => done.length > 0 || (await held.isAwaitedBy('UPDATE sale_items SET epoch')), {
    what: 'the raise to be done, or to wait for the persist',
  })
  await held.release()
  await persisted
  return { rowsSeenAfterRaising: await raised, first: done[0]!, rowsAtLast: (await stored(itemId)).rows }
}

test('an epoch is raised only after the persist in flight has committed, so that what reads next sees its rows', async () => {
  expect(await raceEpochAgainstPersist()).toEqual({ first: 'persist', rowsSeenAfterRaising: 3, rowsAtLast: 3 })
})

test('without the lock on the item row, orders of the old epoch appear behind the back of a rebuild', async () => {
  await mutateFunction(testDatabase.url, 'persist_orders', 'the lock of the item')
  expect(await raceEpochAgainstPersist()).toEqual({ first: 'raise', rowsSeenAfterRaising: 0, rowsAtLast: 3 })
})
