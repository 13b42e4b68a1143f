import { createTestItem } from '@flash-sale/testing/create-test-item'
import { testFunctionGuards } from '@flash-sale/testing/mutate-function'
import { collectTests } from '@flash-sale/testing/test-every-guard'
import { createTestDatabase, type TestDatabase } from '@flash-sale/testing/test-database'
import { afterAll, beforeAll, describe, expect } from 'vitest'
import { countPersisted } from './audit-item.ts'
import { connectDatabase, type Database } from './connect.ts'
import { cancelOrders, expireDueOrders, hasOrdersToEnd, listItemsWithDueOrders } from './end-orders.ts'
import { persistOrders, type Persisted } from './persist-orders.ts'
import { listReturningItems, listReturningOrders, noteUnitsBack } from './returning-orders.ts'

let testDatabase: TestDatabase
let database: Database
let itemId: number

beforeAll(async () => {
  testDatabase = await createTestDatabase()
  database = connectDatabase(testDatabase.url, { poolSizeMax: 3, statementTimeoutMs: 10_000 })
})

afterAll(async () => {
  await database.$disconnect()
  await testDatabase.drop()
})

/** These tests run on the real functions, and again on mutants. */
const { test, tests } = collectTests(async () => {
  itemId = await createTestItem(testDatabase.url, { total: 10, purchaseLimit: 4, payWithinSeconds: 600 })
})

const byBuyer = { from: ['confirmed'], sellAgain: true, detail: { by: 'buyer' } } as const
const byOperator = { ...byBuyer, from: ['confirmed', 'paid'], detail: { by: 'operator' } } as const

function idOf(name: number, ofItem = itemId): string {
  return `${ofItem.toString(16).padStart(8, '0')}-0000-8000-8000-${String(name).padStart(12, '0')}`
}

function persist(names: readonly number[], buyer = 'ann', quantity = 1, ofItem = itemId): Promise<Persisted[]> {
  const orders = names.map((name) => ({
    orderId: idOf(name, ofItem),
    buyer,
    quantity,
    acceptedAtMs: 1_700_000_000_000,
  }))
  return persistOrders(database, ofItem, { epoch: 0 }, orders)
}

async function cancel(names: readonly number[], cancellation: Parameters<typeof cancelOrders>[3] = byBuyer) {
  const ended = await cancelOrders(
    database,
    itemId,
    names.map((name) => idOf(name)),
    cancellation,
  )
  return ended.map((each) => (each.kind === 'KEPT' ? each.status : each.kind))
}

async function makeDue(names: readonly number[]): Promise<void> {
  const ids = names.map((name) => idOf(name))
  await database.order.updateMany({ where: { id: { in: ids } }, data: { dueAt: new Date(Date.now() - 60_000) } })
}

async function pay(name: number): Promise<void> {
  await database.order.update({ where: { id: idOf(name) }, data: { status: 'paid' } })
}

async function counters(): Promise<object> {
  const { total, totalVersion, persisted, returningUnits } = await database.saleItem.findUniqueOrThrow({
    where: { id: itemId },
  })
  const quotas = await database.buyerQuota.findMany({ where: { itemId }, orderBy: { buyer: 'asc' } })
  const held = Object.fromEntries(quotas.map(({ buyer, units }) => [buyer, units]))
  return { total, totalVersion, persisted, returningUnits, held }
}

async function statuses(): Promise<string[]> {
  const rows = await database.order.findMany({ where: { itemId }, orderBy: { id: 'asc' } })
  const returning = await database.returningOrder.findMany({ where: { itemId }, select: { orderId: true } })
  const isReturning = (id: string) => returning.some(({ orderId }) => orderId === id)
  return rows.map(({ id, status }) => `${status}${isReturning(id) ? ' returning' : ''}`)
}

async function events(): Promise<string[]> {
  const rows = await database.orderEvent.findMany({ where: { itemId }, orderBy: { id: 'asc' } })
  return rows.map(({ orderId, status, detail }) => `${Number(orderId.slice(-12))} ${status} ${JSON.stringify(detail)}`)
}

test('an order of a sale that asks for payment shows until when, and another does not', async () => {
  await persist([1])
  const row = await database.order.findUniqueOrThrow({ where: { id: idOf(1) } })
  expect(row.payBy!.getTime() - row.confirmedAt!.getTime()).toBeGreaterThan(599_000)
  expect(row.payBy!.getTime() - row.confirmedAt!.getTime()).toBeLessThan(601_000)
  expect(row.dueAt).toEqual(row.payBy)
  // Known by now, so that the whole batch is judged.
  await persist([1, 2])
  const judged = await database.order.findUniqueOrThrow({ where: { id: idOf(2) } })
  expect(judged.dueAt).toEqual(judged.payBy)
  expect(judged.payBy).not.toBeNull()
  const free = await createTestItem(testDatabase.url, { total: 10, purchaseLimit: 4 })
  await persist([3], 'ann', 1, free)
  expect(await database.order.findUnique({ where: { id: idOf(3, free) } })).toMatchObject({ payBy: null, dueAt: null })
})

describe('a cancelled order', () => {
  test('leaves its units to others: the counters are lowered, its units are returning, and an event tells of it', async () => {
    await persist([1, 2], 'ann', 2)
    await persist([3], 'bob')
    expect(await cancel([2, 3])).toEqual(['ENDED', 'ENDED'])
    expect(await statuses()).toEqual(['confirmed', 'cancelled returning', 'cancelled returning'])
    expect(await counters()).toMatchObject({ total: 10, persisted: 2, returningUnits: 3, held: { ann: 2, bob: 0 } })
    expect(await events()).toEqual(['2 cancelled {"by":"buyer"}', '3 cancelled {"by":"buyer"}'])
    const row = await database.order.findUniqueOrThrow({ where: { id: idOf(2) } })
    expect(row.endedAt!.getTime()).toBeGreaterThanOrEqual(row.confirmedAt!.getTime())
  })

  test('is cancelled once, however often that is asked for, in one call too', async () => {
    await persist([1, 2])
    expect(await cancel([1, 1, 2])).toEqual(['ENDED', 'ENDED', 'ENDED'])
    expect(await cancel([2, 1])).toEqual(['cancelled', 'cancelled'])
    expect(await counters()).toMatchObject({ persisted: 0, returningUnits: 2, held: { ann: 0 } })
    expect(await events()).toHaveLength(2)
  })

  test('lets its buyer buy up to the limit again', async () => {
    await persist([1], 'ann', 4)
    expect(await persist([2])).toEqual(['LEDGER_WRONG'])
    await cancel([1])
    expect(await persist([3], 'ann', 4)).toEqual(['confirmed'])
  })

  test('stays cancelled when it is persisted again', async () => {
    await persist([1])
    await cancel([1])
    expect(await persist([1])).toEqual(['cancelled'])
    expect(await counters()).toMatchObject({ persisted: 0, returningUnits: 1 })
  })
})

test('nothing is changed by a call that ends no order', async () => {
  await persist([1])
  const before = await counters()
  expect(await cancel([7])).toEqual(['ABSENT'])
  expect(await counters()).toEqual(before)
})

test('an order of another item is none of this item', async () => {
  const other = await createTestItem(testDatabase.url, { total: 10, purchaseLimit: 4 })
  await persist([1], 'ann', 1, other)
  await persist([2])
  expect(await cancelOrders(database, itemId, [idOf(1, other)], byBuyer)).toEqual([{ kind: 'ABSENT' }])
  expect(await database.order.findUnique({ where: { id: idOf(1, other) } })).toMatchObject({ status: 'confirmed' })
  expect(await counters()).toMatchObject({ persisted: 1, returningUnits: 0 })
})

test('a paid order is cancelled by an operator and not by its buyer, and an expired one by nobody', async () => {
  await persist([1, 2])
  await pay(1)
  await makeDue([2])
  await expireDueOrders(database, itemId, 10)
  expect(await cancel([1, 2])).toEqual(['paid', 'expired'])
  expect(await cancel([1, 2], byOperator)).toEqual(['ENDED', 'expired'])
  expect(await statuses()).toEqual(['cancelled returning', 'expired returning'])
  expect(await counters()).toMatchObject({ persisted: 0, returningUnits: 2 })
})

test('units that are not to be sold again lower the total instead, in the same step', async () => {
  await persist([1], 'ann', 3)
  await pay(1)
  expect(await cancel([1], { ...byOperator, sellAgain: false })).toEqual(['ENDED'])
  expect(await counters()).toMatchObject({ total: 7, totalVersion: 1, persisted: 0, returningUnits: 0 })
  expect(await listReturningOrders(database, itemId, 10)).toEqual([{ orderId: idOf(1), isWithdrawn: true }])
  await noteUnitsBack(database, itemId, [idOf(1)])
  expect(await counters()).toMatchObject({ total: 7, persisted: 0, returningUnits: 0 })
  expect(await statuses()).toEqual(['cancelled'])
})

describe('orders that are not paid in time', () => {
  test('expire once they are due, the oldest first, as many as are asked for', async () => {
    await persist([1, 2, 3])
    expect(await expireDueOrders(database, itemId, 10)).toEqual([])
    await makeDue([3])
    await makeDue([1])
    await database.order.update({ where: { id: idOf(1) }, data: { dueAt: new Date(0) } })
    expect(await expireDueOrders(database, itemId, 1)).toEqual([idOf(1)])
    expect(await expireDueOrders(database, itemId, 10)).toEqual([idOf(3)])
    expect(await statuses()).toEqual(['expired returning', 'confirmed', 'expired returning'])
    expect(await events()).toEqual(['1 expired {"by":"clock"}', '3 expired {"by":"clock"}'])
    expect(await counters()).toMatchObject({ persisted: 1, returningUnits: 2 })
  })

  test('do not expire if they were paid, cancelled, or given more time', async () => {
    await persist([1, 2, 3])
    await makeDue([1, 2, 3])
    await pay(1)
    await cancel([2])
    await database.order.update({ where: { id: idOf(3) }, data: { dueAt: new Date(Date.now() + 60_000) } })
    expect(await expireDueOrders(database, itemId, 10)).toEqual([])
    const ids = [idOf(1), idOf(2), idOf(3)]
    const named = await database.$queryRaw<{ outcome: string }[]>`
      SELECT outcome FROM end_orders(${itemId}::int, 'expired', '{confirmed}', ${ids}::uuid[], NULL, true, '{}') ORDER BY asked_id`
    expect(named.map(({ outcome }) => outcome)).toEqual(['paid', 'cancelled', 'confirmed'])
    expect(await statuses()).toEqual(['paid', 'cancelled returning', 'confirmed'])
  })

  test('are found item by item, and items without them are not', async () => {
    const other = await createTestItem(testDatabase.url, { total: 10, purchaseLimit: 4, payWithinSeconds: 600 })
    await persist([1], 'ann', 1, other)
    await persist([1, 2])
    expect(await listItemsWithDueOrders(database)).not.toContain(itemId)
    await makeDue([1, 2])
    const found = await listItemsWithDueOrders(database)
    expect(found.filter((id) => id === itemId)).toEqual([itemId])
    expect(found).not.toContain(other)
  })
})

describe('units that the ledger has back', () => {
  test('are noted once for each order', async () => {
    await persist([1, 2], 'ann', 2)
    await cancel([1, 2])
    expect(await listReturningItems(database, 0)).toContain(itemId)
    await noteUnitsBack(database, itemId, [idOf(1)])
    await noteUnitsBack(database, itemId, [idOf(1)])
    expect(await counters()).toMatchObject({ returningUnits: 2 })
    expect(await listReturningOrders(database, itemId, 10)).toEqual([{ orderId: idOf(2), isWithdrawn: false }])
    await noteUnitsBack(database, itemId, [idOf(1), idOf(2)])
    expect(await counters()).toMatchObject({ returningUnits: 0 })
    expect(await listReturningItems(database, 0)).not.toContain(itemId)
  })

  test('are noted for orders of this item alone', async () => {
    const other = await createTestItem(testDatabase.url, { total: 10, purchaseLimit: 4 })
    await persist([1])
    await cancel([1])
    await noteUnitsBack(database, other, [idOf(1)])
    expect(await counters()).toMatchObject({ returningUnits: 1 })
    expect(await listReturningOrders(database, other, 10, [idOf(1)])).toEqual([])
    expect(await listReturningOrders(database, itemId, 10, [idOf(1)])).toHaveLength(1)
  })

  test('are looked for item by item', async () => {
    const other = await createTestItem(testDatabase.url, { total: 10, purchaseLimit: 4 })
    await persist([1], 'ann', 1, other)
    await persist([1, 2])
    await cancel([1, 2])
    await cancelOrders(database, other, [idOf(1, other)], byBuyer)
    const found = await listReturningItems(database, 0)
    expect(found.filter((id) => id === itemId || id === other)).toEqual([itemId, other])
  })

  test('are looked for if there are any, and unpaid orders too', async () => {
    await database.returningOrder.deleteMany()
    await database.order.updateMany({ data: { dueAt: null } })
    expect(await hasOrdersToEnd(database)).toBe(false)
    await persist([1])
    expect(await hasOrdersToEnd(database)).toBe(true)
    await cancel([1])
    expect(await hasOrdersToEnd(database)).toBe(true)
    await noteUnitsBack(database, itemId, [idOf(1)])
    expect(await hasOrdersToEnd(database)).toBe(false)
  })

  test('are not looked for before they had the time to come back', async () => {
    await persist([1])
    await cancel([1])
    expect(await listReturningItems(database, 60_000)).not.toContain(itemId)
  })
})

test('the counters are those of the rows, returning units too', async () => {
  await persist([1, 2, 3], 'ann')
  await persist([4], 'bob', 2)
  await cancel([1])
  await cancel([4], { ...byOperator, sellAgain: false })
  await noteUnitsBack(database, itemId, [idOf(1)])
  await cancel([2])
  const counted = await countPersisted(database, itemId, [])
  expect(counted).toMatchObject({ activeUnits: 1, counterDrift: 0, rows: 4, keptRows: 4 })
  expect(counted!.returning.toSorted((a, b) => a.orderId.localeCompare(b.orderId))).toEqual([
    { orderId: idOf(2), quantity: 1, isWithdrawn: false },
    { orderId: idOf(4), quantity: 2, isWithdrawn: true },
  ])
})

testFunctionGuards({
  functions: ['end_orders', 'units_are_back'],
  databaseUrl: () => testDatabase.url,
  tests,
  convictedElsewhere: [],
})
