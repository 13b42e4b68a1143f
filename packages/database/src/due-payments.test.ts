import { randomUUID } from 'node:crypto'
import { createTestDatabase, type TestDatabase } from '@flash-sale/testing/test-database'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { connectDatabase, type Database } from './connect.ts'
import { takeDuePayments } from './due-payments.ts'
import { applyPayment, beginPayment, keepOpened } from './payments.ts'
import { createPayingItem, storeOrderToPay } from './payments.fixture.ts'

let testDatabase: TestDatabase
let database: Database
let itemId: number

beforeAll(async () => {
  testDatabase = await createTestDatabase()
  database = connectDatabase(testDatabase.url, { poolSizeMax: 4, statementTimeoutMs: 10_000 })
})

beforeEach(async () => {
  await database.$executeRaw`TRUNCATE payments, payment_events, refunds, orders, order_events`
  itemId = await createPayingItem(testDatabase.url, database)
})

afterAll(async () => {
  await database.$disconnect()
  await testDatabase.drop()
})

const provider = 'simulated'

/** Begins the payment of a new order. */
async function begin({ isOpened = true } = {}): Promise<{ orderId: string; paymentId: string }> {
  const orderId = await storeOrderToPay(database, itemId)
  const paymentId = randomUUID()
  await beginPayment(database, { orderId, buyer: 'ann', paymentId, provider })
  if (isOpened) await keepOpened(database, paymentId, { providerRef: 'ref', url: 'http://pay' })
  return { orderId, paymentId }
}

async function expire(orderId: string): Promise<void> {
  await database.$executeRaw`UPDATE orders SET status = 'expired' WHERE id = ${orderId}::uuid`
}

async function beLate(): Promise<string> {
  const { orderId, paymentId } = await begin()
  await expire(orderId)
  const told = { provider, eventId: randomUUID(), kind: 'succeeded', providerRef: 'ref', currency: 'EUR' } as const
  expect(await applyPayment(database, { ...told, paymentId, amount: 200 })).toBe('late')
  return paymentId
}

/** Every payment of this state has been due for long. */
async function makeDue(state: 'open' | 'late'): Promise<void> {
  await database.$executeRaw`
    UPDATE payments SET check_at = now() - interval '1 hour' WHERE state = ${state}::payment_state AND check_at IS NOT NULL`
}

async function take(limit: number): Promise<string[]> {
  return (await takeDuePayments(database, limit, 10_000)).map(({ id }) => id)
}

test('late money does not wait for open payments, nor these for late money, however many are due', async () => {
  const opened = new Set([await begin(), await begin(), await begin()].map(({ paymentId }) => paymentId))
  await makeDue('open')
  const late = await beLate()
  expect(await take(2)).toContain(late)
  for (let i = 0; i < 2; i += 1) await beLate()
  await makeDue('late')
  await database.$executeRaw`UPDATE payments SET check_at = now() WHERE state = 'open'`
  const taken = await take(2)
  expect(taken).toHaveLength(4)
  expect(taken.filter((id) => opened.has(id))).toHaveLength(2)
})

test('an open payment whose page nobody got is looked at no more once its order has ended', async () => {
  const [unopened, opened, confirmed] = [
    await begin({ isOpened: false }),
    await begin(),
    await begin({ isOpened: false }),
  ]
  for (const { orderId } of [unopened, opened]) await expire(orderId)
  await makeDue('open')
  expect(await take(10)).toHaveLength(3)
  await makeDue('open')
  expect((await take(10)).toSorted()).toEqual([opened.paymentId, confirmed.paymentId].toSorted())
})
