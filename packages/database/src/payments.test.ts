import { randomUUID } from 'node:crypto'
import { eventually } from '@flash-sale/testing/eventually'
import { testFunctionGuards } from '@flash-sale/testing/mutate-function'
import { collectTests } from '@flash-sale/testing/test-every-guard'
import { createTestDatabase, type TestDatabase } from '@flash-sale/testing/test-database'
import { afterAll, beforeAll, expect } from 'vitest'
import { connectDatabase, type Database } from './connect.ts'
import { settleLatePayment } from './due-payments.ts'
import { applyPayment, beginPayment, keepOpened, type Applied, type ToldPayment } from './payments.ts'
import { createPayingItem, readBooks, storeOrderToPay, type OrderToPay } from './payments.fixture.ts'
import { refundPaidOrder } from './refunds.ts'
import { listUnknownMoney, resolveUnknownMoney } from './unknown-money.ts'

let testDatabase: TestDatabase
let database: Database
let itemId: number

beforeAll(async () => {
  testDatabase = await createTestDatabase()
  database = connectDatabase(testDatabase.url, { poolSizeMax: 8, statementTimeoutMs: 10_000 })
})

afterAll(async () => {
  await database.$disconnect()
  await testDatabase.drop()
})

/** These tests run on the real functions, and again on mutants. */
const { test, tests } = collectTests(async () => {
  itemId = await createPayingItem(testDatabase.url, database)
})

const store = (order?: OrderToPay) => storeOrderToPay(database, itemId, order)

function begin(orderId: string, buyer = 'ann') {
  return beginPayment(database, { orderId, buyer, paymentId: randomUUID(), provider: 'simulated' })
}

async function beginOpen(orderId: string): Promise<string> {
  const begun = await begin(orderId)
  if (typeof begun === 'string') throw new Error(`the payment did not begin: ${begun}`)
  return begun.paymentId
}

function tell(paymentId: string, told: Partial<ToldPayment> = {}): Promise<Applied> {
  return applyPayment(database, {
    provider: 'simulated',
    eventId: randomUUID(),
    kind: 'succeeded',
    paymentId,
    providerRef: 'ref',
    amount: 200,
    currency: 'EUR',
    ...told,
  })
}

async function setStatus(orderId: string, status: string): Promise<void> {
  await database.$executeRaw`UPDATE orders SET status = ${status}::order_status WHERE id = ${orderId}::uuid`
}

/** Runs the work while another transaction ends the order; the work waits until that has committed. */
async function whileEnding<T>(orderId: string, statement: string, work: () => Promise<T>): Promise<T> {
  let done: Promise<T> | undefined
  let isDone = false
  await database.$transaction(
    async (ending) => {
      await ending.$executeRaw`SELECT FROM sale_items WHERE id = ${itemId} FOR NO KEY UPDATE`
      await ending.$executeRaw`UPDATE orders SET status = 'expired' WHERE id = ${orderId}::uuid`
      done = work().finally(() => (isDone = true))
      done.catch(() => undefined)
      await eventually(async () => isDone || (await isWaiting(statement)), { what: `${statement} to wait` })
    },
    { timeout: 30_000 },
  )
  return done!
}

async function isWaiting(statement: string): Promise<boolean> {
  const waiting = await database.$queryRaw<unknown[]>`
    SELECT 1 FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE ${`%${statement}%`}`
  return waiting.length > 0
}

test('a payment that begins asks for the price of all units, and is the same one as long as it is open', async () => {
  const orderId = await store({ quantity: 3 })
  const first = await begin(orderId)
  expect(first).toMatchObject({ url: null, amount: 300n, currency: 'EUR' })
  expect(await begin(orderId)).toEqual(first)
  const { paymentId } = first as { paymentId: string }
  await keepOpened(database, paymentId, { providerRef: 'ref', url: 'http://pay' })
  await keepOpened(database, paymentId, { providerRef: 'other', url: 'http://other' })
  expect(await begin(orderId)).toMatchObject({ paymentId, url: 'http://pay' })
  await tell(paymentId, { kind: 'failed' })
  expect(await begin(orderId)).not.toMatchObject({ paymentId })
})

/** As if it had begun five minutes ago. */
async function makeOld(paymentId: string): Promise<void> {
  await database.$executeRaw`
    UPDATE payments SET created_at = clock_timestamp() - interval '5 minutes' WHERE id = ${paymentId}::uuid`
}

test('a payment that the provider did not open for minutes is begun anew, and its money is taken all the same', async () => {
  const orderId = await store()
  const old = await beginOpen(orderId)
  expect(await beginOpen(orderId)).toBe(old)
  await makeOld(old)
  const paymentId = await beginOpen(orderId)
  expect(paymentId).not.toBe(old)
  expect(await database.payment.findUniqueOrThrow({ where: { id: old } })).toMatchObject({
    state: 'failed',
    checkAt: null,
  })
  expect(await tell(old)).toBe('paid')
})

test('a payment whose page was opened is the same one for as long as it is open', async () => {
  const orderId = await store()
  const paymentId = await beginOpen(orderId)
  await keepOpened(database, paymentId, { providerRef: 'ref', url: 'http://pay' })
  await makeOld(paymentId)
  expect(await beginOpen(orderId)).toBe(paymentId)
})

test('only its buyer can begin to pay an order, and only while it can be paid', async () => {
  expect(await begin(await store(), 'bob')).toBe('absent')
  expect(await begin(randomUUID())).toBe('absent')
  expect(await begin(await store({ dueInSeconds: null }))).toBe('free')
  expect(await begin(await store({ dueInSeconds: -1 }))).toBe('due')
  for (const status of ['paid', 'cancelled', 'expired', 'rejected'] as const) {
    expect(await begin(await store({ status }))).toBe(status)
  }
})

test('beginning payments moves the moment of expiry once, by a bounded time', async () => {
  const orderId = await store({ dueInSeconds: 5 })
  const before = await database.order.findUniqueOrThrow({ where: { id: orderId } })
  const paymentId = await beginOpen(orderId)
  const moved = await database.order.findUniqueOrThrow({ where: { id: orderId } })
  expect(moved.payBy).toEqual(before.payBy)
  expect(moved.dueAt!.getTime() - before.dueAt!.getTime()).toBe(120_000)
  // As if time had gone on.
  await database.$executeRaw`UPDATE orders SET due_at = due_at - interval '1 second' WHERE id = ${orderId}::uuid`
  await tell(paymentId, { kind: 'failed' })
  await beginOpen(orderId)
  const again = await database.order.findUniqueOrThrow({ where: { id: orderId } })
  expect(again.dueAt!.getTime()).toBe(moved.dueAt!.getTime() - 1_000)
})

test('no payment begins for an order that expires at the same instant', async () => {
  const orderId = await store()
  expect(await whileEnding(orderId, 'begin_payment', () => begin(orderId))).toBe('expired')
})

test('money for a confirmed order pays it once, whatever is told how often', async () => {
  const orderId = await store()
  const paymentId = await beginOpen(orderId)
  const eventId = randomUUID()
  expect(await tell(paymentId, { eventId })).toBe('paid')
  expect(await tell(paymentId, { eventId })).toBe('repeated')
  expect(await tell(paymentId)).toBe('known')
  expect(await tell(paymentId, { kind: 'failed' })).toBe('known')
  expect(await readBooks(database, orderId)).toBe('paid, told paid, paid')
})

test('an event told fifty times at once pays an order once', async () => {
  const orderId = await store()
  const paymentId = await beginOpen(orderId)
  const eventId = randomUUID()
  const answers = await Promise.all(Array.from({ length: 50 }, () => tell(paymentId, { eventId })))
  expect(answers.toSorted()).toEqual(['paid', ...Array<Applied>(49).fill('repeated')])
  expect(await readBooks(database, orderId)).toBe('paid, told paid, paid')
})

test('a payment that failed pays nothing, and may succeed yet', async () => {
  const orderId = await store()
  const paymentId = await beginOpen(orderId)
  expect(await tell(paymentId, { kind: 'failed' })).toBe('failed')
  expect(await readBooks(database, orderId)).toBe('confirmed, failed')
  expect(await tell(paymentId)).toBe('paid')
  expect(await readBooks(database, orderId)).toBe('paid, told paid, paid')
})

test('a failed payment that is looked at again, and came to nothing as before, is not looked at any more', async () => {
  const paymentId = await beginOpen(await store())
  const failed = { kind: 'failed', eventId: `read-failed-${paymentId}` } as const
  expect(await tell(paymentId, failed)).toBe('failed')
  await database.$executeRaw`UPDATE payments SET check_at = now() WHERE id = ${paymentId}::uuid`
  expect(await tell(paymentId, failed)).toBe('repeated')
  expect(await database.payment.findUniqueOrThrow({ where: { id: paymentId } })).toMatchObject({ checkAt: null })
})

test('another amount or currency than was asked for goes back as it came, and the order is not paid', async () => {
  const orderId = await store()
  expect(await tell(await beginOpen(orderId), { amount: 199 })).toBe('refund')
  expect(await tell(await beginOpen(orderId), { currency: 'JPY' })).toBe('refund')
  expect(await readBooks(database, orderId)).toBe(
    'confirmed, refund, 199 EUR WRONG_AMOUNT, refund, 200 JPY WRONG_CURRENCY',
  )
})

test('of two payments of one order the second goes back', async () => {
  const orderId = await store()
  const first = await beginOpen(orderId)
  await tell(first, { kind: 'failed' })
  const second = await beginOpen(orderId)
  expect(await tell(first)).toBe('paid')
  expect(await tell(second)).toBe('refund')
  expect(await readBooks(database, orderId)).toBe('paid, told paid, paid, refund, 200 EUR PAID_BEFORE')
})

test('money for an order that has ended is late, and the order stays ended', async () => {
  for (const status of ['cancelled', 'expired']) {
    const orderId = await store()
    const paymentId = await beginOpen(orderId)
    await setStatus(orderId, status)
    expect(await tell(paymentId)).toBe('late')
    expect(await readBooks(database, orderId)).toBe(`${status}, late`)
  }
})

test('of two payments that are late for one order one buys another order, and the second goes back', async () => {
  const orderId = await store()
  const first = await beginOpen(orderId)
  await tell(first, { kind: 'failed' })
  const [second, third] = [await beginOpen(orderId), randomUUID()]
  await beginPayment(database, { orderId, buyer: 'ann', paymentId: third, provider: 'stripe' })
  await setStatus(orderId, 'expired')
  expect(await tell(first)).toBe('late')
  expect(await tell(second)).toBe('refund')
  const newOrderId = await store()
  expect(await settleLatePayment(database, first, newOrderId, undefined)).toBe('paid')
  expect(await tell(third, { provider: 'stripe' })).toBe('refund')
  const back = 'refund, 200 EUR PAID_BEFORE'
  expect(await readBooks(database, orderId)).toBe(`expired, paid, ${back}, ${back}`)
})

test('a second payment of an order whose money an operator gave back goes back too', async () => {
  const orderId = await store()
  const first = await beginOpen(orderId)
  await tell(first, { kind: 'failed' })
  const second = await beginOpen(orderId)
  expect(await tell(first)).toBe('paid')
  await setStatus(orderId, 'cancelled')
  await database.$transaction((statements) => refundPaidOrder(statements, orderId))
  expect(await tell(second)).toBe('refund')
  expect(await readBooks(database, orderId)).toBe(
    'cancelled, told paid, refund, 200 EUR OPERATOR, refund, 200 EUR PAID_BEFORE',
  )
})

test('late money whose order was refused leaves the next money free to buy', async () => {
  const orderId = await store()
  const first = await beginOpen(orderId)
  await tell(first, { kind: 'failed' })
  const second = await beginOpen(orderId)
  await setStatus(orderId, 'expired')
  await tell(first)
  expect(await settleLatePayment(database, first, randomUUID(), 'SOLD_OUT')).toBe('refund')
  expect(await tell(second)).toBe('late')
})

test('money and an expiry at the same instant: the expiry came first, so the money is late', async () => {
  const orderId = await store()
  const paymentId = await beginOpen(orderId)
  expect(await whileEnding(orderId, 'apply_payment', () => tell(paymentId))).toBe('late')
  expect(await readBooks(database, orderId)).toBe('expired, late')
})

test('money for a payment that is none of ours changes nothing, and its event is kept', async () => {
  const eventId = randomUUID()
  expect(await tell(randomUUID(), { eventId })).toBe('unknown')
  expect(await tell(randomUUID(), { eventId })).toBe('unknown')
  expect(await tell('no uuid')).toBe('unknown')
  const orderId = await store()
  expect(await tell(await beginOpen(orderId), { provider: 'stripe' })).toBe('unknown')
  expect(await readBooks(database, orderId)).toBe('confirmed, open')
  expect(await database.paymentEvent.findFirst({ where: { eventId } })).toMatchObject({
    outcome: 'unknown',
    amount: 200n,
  })
})

test('unknown money that an operator dealt with is an event that came before', async () => {
  const told = { eventId: randomUUID() }
  expect(await tell(randomUUID(), told)).toBe('unknown')
  const [waiting] = await listUnknownMoney(database, undefined, 1)
  expect(waiting).toMatchObject({ eventId: told.eventId, amount: 200n, currency: 'EUR' })
  expect(await resolveUnknownMoney(database, Number(waiting!.number))).toMatchObject({ eventId: told.eventId })
  expect(await resolveUnknownMoney(database, Number(waiting!.number))).toBeUndefined()
  expect(await tell(randomUUID(), told)).toBe('repeated')
})

async function beLate(): Promise<{ orderId: string; paymentId: string; newOrderId: string }> {
  const orderId = await store()
  const paymentId = await beginOpen(orderId)
  await setStatus(orderId, 'expired')
  await tell(paymentId)
  return { orderId, paymentId, newOrderId: randomUUID() }
}

test('late money waits for the order that it bought, and pays it once', async () => {
  const { orderId, paymentId, newOrderId } = await beLate()
  expect(await settleLatePayment(database, paymentId, newOrderId, undefined)).toBe('waiting')
  await store({ orderId: newOrderId })
  expect(await settleLatePayment(database, paymentId, newOrderId, 'SOLD_OUT')).toBe('paid')
  expect(await settleLatePayment(database, paymentId, newOrderId, undefined)).toBe('known')
  expect(await tell(paymentId)).toBe('known')
  expect(await readBooks(database, orderId)).toBe('expired, paid')
  expect(await readBooks(database, newOrderId)).toBe('paid, told paid')
  expect(await database.order.findUniqueOrThrow({ where: { id: newOrderId } })).toMatchObject({ replaces: orderId })
})

test('late money goes back once if the ledger refused its order', async () => {
  const { orderId, paymentId, newOrderId } = await beLate()
  expect(await settleLatePayment(database, paymentId, newOrderId, 'SOLD_OUT')).toBe('refund')
  // A sending that was under way took the order after all.
  await store({ orderId: newOrderId })
  expect(await settleLatePayment(database, paymentId, newOrderId, undefined)).toBe('known')
  expect(await readBooks(database, orderId)).toBe('expired, refund, 200 EUR SOLD_OUT')
  expect(await readBooks(database, newOrderId)).toBe('confirmed')
})

test('late money goes back if the order that it bought was rejected, has ended or is paid by another payment', async () => {
  const reasons = { rejected: 'SOLD_OUT', cancelled: 'ENDED_AGAIN', expired: 'ENDED_AGAIN', paid: 'PAID_BEFORE' }
  for (const [status, reason] of Object.entries(reasons)) {
    const { orderId, paymentId, newOrderId } = await beLate()
    await store({ orderId: newOrderId, status: status as keyof typeof reasons })
    expect(await settleLatePayment(database, paymentId, newOrderId, undefined)).toBe('refund')
    expect(await readBooks(database, orderId)).toBe(`expired, refund, 200 EUR ${reason}`)
  }
})

test('late money does not pay an order that expires again at the same instant', async () => {
  const { orderId, paymentId, newOrderId } = await beLate()
  await store({ orderId: newOrderId })
  const settle = () => settleLatePayment(database, paymentId, newOrderId, undefined)
  expect(await whileEnding(newOrderId, 'settle_late_payment', settle)).toBe('refund')
  expect(await readBooks(database, orderId)).toBe('expired, refund, 200 EUR ENDED_AGAIN')
  expect(await readBooks(database, newOrderId)).toBe('expired')
})

testFunctionGuards({
  databaseUrl: () => testDatabase.url,
  functions: ['begin_payment', 'apply_payment', 'settle_late_payment'],
  tests,
  convictedElsewhere: [],
})
