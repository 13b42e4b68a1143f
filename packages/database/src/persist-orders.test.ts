import { createTestItem } from '@flash-sale/testing/create-test-item'
import { eventually } from '@flash-sale/testing/eventually'
import { testFunctionGuards } from '@flash-sale/testing/mutate-function'
import { collectTests } from '@flash-sale/testing/test-every-guard'
import { createTestDatabase, type TestDatabase } from '@flash-sale/testing/test-database'
import { afterAll, beforeAll, describe, expect } from 'vitest'
import { connectDatabase, type Database } from './connect.ts'
import { raiseEpoch, readItem, restoreFacts, takeFence } from './items.ts'
import { persistOrders, type OrderToPersist } from './persist-orders.ts'

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
  itemId = await createTestItem(testDatabase.url, { total: 5, purchaseLimit: 2 })
})

const epoch = 0

function order(name: string, buyer: string, quantity: number, other: Partial<OrderToPersist> = {}): OrderToPersist {
  const orderId = `${itemId.toString(16).padStart(8, '0')}-0000-8000-8000-${name.padStart(12, '0')}`
  return { orderId, buyer, quantity, acceptedAtMs: 1_700_000_000_123, ...other }
}

function persist(orders: readonly OrderToPersist[], claim: Parameters<typeof persistOrders>[2] = { epoch }) {
  return persistOrders(database, itemId, claim, orders)
}

async function rows(): Promise<string[]> {
  const found = await database.order.findMany({ where: { itemId }, orderBy: { number: 'asc' } })
  return found.map(({ buyer, quantity, status, reason }) => [buyer, quantity, status, reason ?? ''].join(' ').trim())
}

async function persistedUnits(): Promise<number> {
  return (await database.saleItem.findUniqueOrThrow({ where: { id: itemId } })).persisted
}

async function birthOfItem(): Promise<string> {
  return String((await database.saleItem.findUniqueOrThrow({ where: { id: itemId } })).birth)
}

async function holdItem(): Promise<{ fence: bigint; birth: string }> {
  return { fence: (await takeFence(database, itemId))!, birth: await birthOfItem() }
}

test('a batch becomes confirmed rows in the order of acceptance, with the time of acceptance', async () => {
  expect(await persist([order('1', 'ann', 2), order('2', 'bob', 1)])).toEqual(['confirmed', 'confirmed'])
  expect(await rows()).toEqual(['ann 2 confirmed', 'bob 1 confirmed'])
  expect(await persistedUnits()).toBe(3)
  const row = await database.order.findFirstOrThrow({ where: { itemId, buyer: 'ann' } })
  expect(row.acceptedAt.getTime()).toBe(1_700_000_000_123)
  expect(row.confirmedAt!.getTime()).toBeGreaterThan(1_700_000_000_123)
})

test('a batch of known and new orders counts the new ones only', async () => {
  await persist([order('1', 'ann', 2)])
  expect(await persist([order('1', 'ann', 2), order('2', 'bob', 1)])).toEqual(['confirmed', 'confirmed'])
  expect(await rows()).toEqual(['ann 2 confirmed', 'bob 1 confirmed'])
  expect(await persistedUnits()).toBe(3)
})

test('an order that comes twice in one batch counts once', async () => {
  const twice = order('1', 'ann', 1)
  expect(await persist([twice, order('2', 'bob', 1), twice])).toEqual(['confirmed', 'confirmed', 'confirmed'])
  expect(await rows()).toEqual(['ann 1 confirmed', 'bob 1 confirmed'])
  expect(await persistedUnits()).toBe(2)
})

test('orders that are known, or come twice in one batch, are not counted against the limit again', async () => {
  const first = order('1', 'ann', 1)
  await persist([first])
  expect(await persist([first, order('2', 'ann', 1)])).toEqual(['confirmed', 'confirmed'])
  const twice = order('3', 'bob', 1)
  expect(await persist([twice, twice, order('4', 'bob', 1)])).toEqual(['confirmed', 'confirmed', 'confirmed'])
  expect(await persistedUnits()).toBe(4)
})

test('an id that comes back with another payload is a conflict, and its row stands', async () => {
  await persist([order('1', 'ann', 2)])
  expect(await persist([order('1', 'ann', 1), order('1', 'bob', 2)])).toEqual(['conflict', 'conflict'])
  expect(await persist([order('2', 'bob', 1), order('2', 'bob', 2)])).toEqual(['confirmed', 'conflict'])
  expect(await rows()).toEqual(['ann 2 confirmed', 'bob 1 confirmed'])
})

test('the numbers of orders grow with each batch', async () => {
  await persist([order('1', 'ann', 1)])
  await persist([order('1', 'ann', 1), order('2', 'bob', 1)])
  await persist([order('3', 'cai', 1)])
  const found = await database.order.findMany({ where: { itemId }, orderBy: { number: 'asc' } })
  expect(found.map((row) => row.buyer)).toEqual(['ann', 'bob', 'cai'])
})

describe('orders that the ledger should not have accepted', () => {
  test('beyond the purchase limit become rejected rows, and prove the ledger wrong', async () => {
    await persist([order('1', 'ann', 1)])
    expect(await persist([order('2', 'ann', 2), order('3', 'bob', 1)])).toEqual(['LEDGER_WRONG', 'confirmed'])
    expect(await rows()).toEqual(['ann 1 confirmed', 'ann 2 rejected LIMIT_REACHED', 'bob 1 confirmed'])
    expect(await persistedUnits()).toBe(2)
  })

  test('beyond the total become rejected rows, and prove the ledger wrong', async () => {
    const batch = ['ann', 'bob', 'cai'].map((buyer, i) => order(`${i}`, buyer, 2))
    expect(await persist(batch)).toEqual(['confirmed', 'confirmed', 'LEDGER_WRONG'])
    expect(await rows()).toEqual(['ann 2 confirmed', 'bob 2 confirmed', 'cai 2 rejected SOLD_OUT'])
    expect(await persistedUnits()).toBe(4)
  })

  test('stay rejected when they come again, without accusing the ledger again', async () => {
    await persist([order('1', 'ann', 2), order('2', 'ann', 2)])
    expect(await persist([order('2', 'ann', 2)])).toEqual(['rejected'])
    expect(await rows()).toEqual(['ann 2 confirmed', 'ann 2 rejected LIMIT_REACHED'])
  })
})

test('orders that the ledger itself refused on adoption become rejected rows and take nothing', async () => {
  const refused = order('1', 'ann', 2, { refused: 'SOLD_OUT' })
  expect(await persist([refused, order('2', 'ann', 2)])).toEqual(['rejected', 'confirmed'])
  expect(await rows()).toEqual(['ann 2 rejected SOLD_OUT', 'ann 2 confirmed'])
  expect(await persistedUnits()).toBe(2)
})

test('a refused order takes nothing, though it would fit', async () => {
  expect(await persist([order('1', 'ann', 1, { refused: 'SOLD_OUT' })])).toEqual(['rejected'])
  expect(await rows()).toEqual(['ann 1 rejected SOLD_OUT'])
  expect(await persistedUnits()).toBe(0)
})

describe('a claim that is not the current one', () => {
  test('by an epoch of the past writes nothing, and still recognises what is known', async () => {
    await persist([order('1', 'ann', 1)])
    expect(await raiseEpoch(database, itemId, await holdItem(), 0)).toBe(1)
    expect(await persist([order('1', 'ann', 1), order('2', 'bob', 1)])).toEqual(['confirmed', 'stale'])
    expect(await rows()).toEqual(['ann 1 confirmed'])
    expect(await persistedUnits()).toBe(1)
  })

  test('by an epoch of the future writes nothing', async () => {
    expect(await persist([order('1', 'ann', 1)], { epoch: 1 })).toEqual(['stale'])
    expect(await rows()).toEqual([])
  })

  test('by the fence of a former holder writes nothing', async () => {
    const former = await holdItem()
    const current = await holdItem()
    expect(await persist([order('1', 'ann', 1)], former)).toEqual(['stale'])
    expect(await raiseEpoch(database, itemId, former, 0)).toBeNull()
    expect(await rows()).toEqual([])
    expect(await persist([order('1', 'ann', 1)], current)).toEqual(['confirmed'])
  })
})

test('an epoch is raised past that of a ledger which is ahead of Postgres', async () => {
  expect(await raiseEpoch(database, itemId, await holdItem(), 41)).toBe(42)
})

test('a holder writes nothing to another item that has its number and its fence', async () => {
  const held = await holdItem()
  const before = await readItem(database, itemId)
  const ofAnother = { ...held, birth: `${BigInt(held.birth) + 1n}` }
  const facts = {
    total: 9,
    totalVersion: 4,
    endedCount: 2,
    purchaseLimit: 3,
    opensAtMs: 1_000,
    closesAtMs: 2_000,
    state: 'paused',
  } as const
  expect(await raiseEpoch(database, itemId, ofAnother, 41)).toBeNull()
  expect(await restoreFacts(database, itemId, ofAnother, facts)).toBe(false)
  expect(await readItem(database, itemId)).toEqual(before)
})

describe('orders that this Postgres does not know the ground of', () => {
  test('because another item accepted them, which had the number, become no rows', async () => {
    const birth = await birthOfItem()
    expect(await persist([order('1', 'ann', 1)], { epoch, birth: `${BigInt(birth) + 1n}` })).toEqual(['foreign'])
    expect(await persist([order('1', 'ann', 1)], { epoch, birth: '' })).toEqual(['confirmed'])
    expect(await persist([order('2', 'ann', 1)], { epoch, birth })).toEqual(['confirmed'])
    expect(await rows()).toEqual(['ann 1 confirmed', 'ann 1 confirmed'])
  })

  test('because the item is missing become no rows, and nothing is thrown', async () => {
    itemId = 2 ** 31 - 1
    expect(await persist([order('1', 'ann', 1), order('2', 'bob', 1)])).toEqual(['foreign', 'foreign'])
  })

  test('because it was restored from before their epoch become no rows', async () => {
    expect(await persist([order('1', 'ann', 1)], { epoch: 1, birth: await birthOfItem() })).toEqual(['forgotten'])
    expect(await rows()).toEqual([])
  })

  test('because it was restored from before their total are not rejected for the total that it has', async () => {
    const claim = { epoch, birth: await birthOfItem() }
    await database.saleItem.update({ where: { id: itemId }, data: { total: 6 } })
    const orders = ['1', '2', '3', '4'].map((name) => order(name, `buyer-${name}`, 2))
    expect(await persist(orders, { ...claim, totalVersion: 2 })).toEqual(orders.map(() => 'forgotten'))
    expect(await rows()).toEqual([])
    expect(await persist(orders, { ...claim, totalVersion: 1 })).toContain('LEDGER_WRONG')
  })

  test('because it was restored from before an end that made room for them become no rows', async () => {
    const claim = { epoch, birth: await birthOfItem() }
    await database.saleItem.update({ where: { id: itemId }, data: { endedCount: 2 } })
    expect(await persist([order('1', 'ann', 1)], { ...claim, endedCount: 3 })).toEqual(['forgotten'])
    expect(await rows()).toEqual([])
    expect(await persist([order('1', 'ann', 1)], { ...claim, endedCount: 2 })).toEqual(['confirmed'])
  })

  test('are not turned down before a holder has looked for forgotten ends, when one of them does not fit', async () => {
    const orders = [order('1', 'ann', 2), order('2', 'ann', 1), order('3', 'bob', 1), order('4', 'cai', 1)]
    await persist(orders.slice(0, 1))
    const refusal = { refused: 'SOLD_OUT' } as const
    const batch = [...orders.slice(0, 3), { ...orders[3]!, ...refusal }]
    expect(await persist(batch, { epoch, doubts: true })).toEqual(['confirmed', 'doubtful', 'doubtful', 'doubtful'])
    expect(await rows()).toEqual(['ann 2 confirmed'])
    expect(await persist(batch)).toEqual(['confirmed', 'LEDGER_WRONG', 'confirmed', 'rejected'])
    // What the ledger refused itself leaves no doubt.
    const refused = { ...order('5', 'dan', 1), ...refusal }
    expect(await persist([refused, order('6', 'eve', 1)], { epoch, doubts: true })).toEqual(['rejected', 'confirmed'])
  })

  test('have their facts back from the ledger, by its holder only, and a larger total stays', async () => {
    const [former, current] = [await holdItem(), await holdItem()]
    const window = { opensAtMs: 1_000, closesAtMs: 2_000 }
    const facts = { total: 9, totalVersion: 4, purchaseLimit: 3, state: 'paused', ...window } as const
    expect(await restoreFacts(database, itemId, former, facts)).toBe(false)
    expect(await readItem(database, itemId)).toMatchObject({ total: 5 })
    expect(await restoreFacts(database, itemId, current, facts)).toBe(true)
    expect(await readItem(database, itemId)).toMatchObject(facts)
    expect(await restoreFacts(database, itemId, current, { ...facts, total: 8, totalVersion: 3 })).toBe(true)
    expect(await readItem(database, itemId)).toMatchObject({ total: 9, totalVersion: 4 })
  })
})

test('each change of a total raises its version by one, whoever makes it, and nothing else does', async () => {
  const versions: number[] = []
  for (const data of [{ total: 6 }, { total: 6 }, { total: 9 }, { persisted: 1 }, { name: 'other' }]) {
    versions.push((await database.saleItem.update({ where: { id: itemId }, data })).totalVersion)
  }
  expect(versions).toEqual([1, 1, 2, 2, 2])
})

test('a settled item is unsettled by each change of its books, and by nothing else', async () => {
  const settled = { settledAt: new Date(0) }
  const changes = [{ fence: 7n }, { epoch: 7 }, { total: 7 }, { persisted: 1 }]
  for (const change of changes) {
    await database.saleItem.update({ where: { id: itemId }, data: settled })
    expect(await database.saleItem.update({ where: { id: itemId }, data: { name: 'other' } })).toMatchObject(settled)
    const changed = await database.saleItem.update({ where: { id: itemId }, data: change })
    expect(changed, JSON.stringify(Object.keys(change))).toMatchObject({ settledAt: null })
  }
})

test('an order whose id another item takes meanwhile is stale, and the other orders of its batch are judged', async () => {
  const otherItemId = await createTestItem(testDatabase.url, { total: 5, purchaseLimit: 2 })
  const [known, taken] = [order('1', 'ann', 1), order('2', 'bob', 1)]
  await persist([known])
  let outcomes: ReturnType<typeof persist> | undefined
  let isAnswered = false
  await database.$transaction(async (transaction) => {
    const row = { buyer: 'eve', quantity: 1, status: 'confirmed', acceptedAt: new Date() } as const
    await transaction.order.create({ data: { id: taken.orderId, itemId: otherItemId, ...row } })
    outcomes = persist([known, taken]).finally(() => (isAnswered = true))
    await eventually(async () => isAnswered || (await isPersistWaiting()), { what: 'the batch to wait for that row' })
  })
  expect(await outcomes).toEqual(['confirmed', 'stale'])
  expect(await rows()).toEqual(['ann 1 confirmed'])
  expect(await persistedUnits()).toBe(1)
})

async function isPersistWaiting(): Promise<boolean> {
  const waiting = await database.$queryRaw<unknown[]>`
    SELECT 1 FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%persist_orders%'`
  return waiting.length > 0
}

testFunctionGuards({
  databaseUrl: () => testDatabase.url,
  tests,
  // persist-orders-at-once.test.ts: "without the lock on the item row, orders of the old epoch appear behind the back of a rebuild"
  // feed-horizon.test.ts: "mutant: without the trigger a statement takes a number first, and its event is passed"
  convictedElsewhere: ['the lock of the item', 'the transaction before its numbers'],
})
