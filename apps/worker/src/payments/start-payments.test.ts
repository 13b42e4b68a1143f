import { readPayment, type PaymentRow } from '@flash-sale/database/payments'
import { settleLatePayment, takeDuePayments } from '@flash-sale/database/due-payments'
import { readItem, readKnownItems } from '@flash-sale/database/items'
import { judgePayments } from '@flash-sale/kit/judge-payments'
import { readStoredItem } from '@flash-sale/kit/read-stored-item'
import { createKnownLedgers } from '@flash-sale/stock/known-ledgers'
import { ledgerKeys } from '@flash-sale/stock/ledger-keys'
import { derivePaymentOrderId } from '@flash-sale/stock/order-id'
import { createReservationBatcher } from '@flash-sale/stock/reservation-batcher'
import { createSendBatch } from '@flash-sale/stock/reserve-strategy'
import { endSaleOf } from '@flash-sale/testing/end-sales'
import { eventually } from '@flash-sale/testing/eventually'
import { mutateFunction } from '@flash-sale/testing/mutate-function'
import { auditItem } from '@flash-sale/upkeep/audit-item'
import { rebuildItem } from '@flash-sale/upkeep/rebuild-item'
import { settleItem } from '@flash-sale/upkeep/settle-item'
import { afterEach, expect, onTestFinished, test } from 'vitest'
import { buyAgain } from './buy-again.ts'
import { setUpPayingSale } from './late-money.fixture.ts'
import type { PaymentWork } from './start-payments.ts'

const neverEnds = () => new Promise<void>(() => {})
const dies = () => Promise.reject(new Error('the worker dies'))

let sale: Awaited<ReturnType<typeof setUpPayingSale>>

async function openSale(total: number): Promise<typeof sale> {
  sale = await setUpPayingSale(total)
  return sale
}

afterEach(async () => {
  await sale.close()
})

function startWork(): PaymentWork {
  const work = sale.startWork()
  onTestFinished(() => work.close())
  return work
}

function databaseUrl(): string {
  return sale.bench.testStores.database.url
}

/** Waits until the money has a state. */
function becomes(paymentId: string, state: PaymentRow['state']): Promise<PaymentRow> {
  return eventually(
    async () => {
      const payment = await readPayment(sale.bench.stores.database, paymentId)
      expect(payment?.state).toBe(state)
      return payment!
    },
    { what: `the payment to be ${state}` },
  )
}

/** Waits until the provider has given back what it should, and judges. */
async function isGivenBack(paymentId: string): Promise<void> {
  const { database } = sale.bench.stores
  const isDone = async () => (await database.refund.findUnique({ where: { paymentId } }))?.state === 'done'
  await eventually(isDone, { what: 'the money to be back' })
  expect(sale.simulated.books.refunds.filter((refund) => refund.paymentId === paymentId)).toHaveLength(1)
  expect(await judgePayments(sale.simulated.books, databaseUrl())).toEqual([])
}

async function activeOrders(): Promise<string[]> {
  const { rows } = await readStoredItem(sale.bench.stores.redis, databaseUrl(), sale.itemId)
  return rows.filter(({ active }) => active).map(({ buyer }) => buyer)
}

test('late money buys another order while there are units, which names the one that it replaces', async () => {
  const { itemId, order, expire, pay, bench } = await openSale(1)
  const { orderId, paymentId } = await order('ann')
  await expire(orderId)
  expect(await pay(paymentId)).toBe('late')
  startWork()
  const { paidOrderId } = await becomes(paymentId, 'paid')
  const bought = await bench.stores.database.order.findUniqueOrThrow({ where: { id: paidOrderId! } })
  expect(bought).toMatchObject({ itemId, buyer: 'ann', quantity: 1, status: 'paid', replaces: orderId })
  expect(await activeOrders()).toEqual(['ann'])
  expect(await judgePayments(sale.simulated.books, databaseUrl())).toEqual([])
})

test('late money goes back once if the units were sold to somebody else', async () => {
  const { order, expire, pay } = await openSale(1)
  const { orderId, paymentId } = await order('ann')
  await expire(orderId)
  await order('bob')
  expect(await pay(paymentId)).toBe('late')
  startWork()
  startWork()
  await isGivenBack(paymentId)
  expect(await becomes(paymentId, 'refund')).toMatchObject({ fault: 'SOLD_OUT' })
  expect(await activeOrders()).toEqual(['bob'])
})

test('late money of a sale that was closed meanwhile goes back', async () => {
  const { order, expire, pay, bench, itemId } = await openSale(1)
  const { orderId, paymentId } = await order('ann')
  await expire(orderId)
  await bench.stores.redis.hset(`{item:${itemId}}:ledger`, 'state', 'closed')
  await pay(paymentId)
  startWork()
  await isGivenBack(paymentId)
  expect(await becomes(paymentId, 'refund')).toMatchObject({ fault: 'SALE_CLOSED' })
})

test('late money of a settled item whose ledger was lost has the item looked at again, and goes back', async () => {
  const { order, expire, pay, bench, itemId } = await openSale(1)
  const { redis, database } = bench.stores
  const { orderId, paymentId } = await order('ann')
  await expire(orderId)
  await endSaleOf(databaseUrl(), itemId)
  await redis.hset(ledgerKeys(itemId).ledger, 'closesAt', Date.now() - 1_000)
  expect(await settleItem(bench.stores, itemId, 5_000)).toBe(true)
  await redis.del(ledgerKeys(itemId).ledger)
  await pay(paymentId)
  startWork()
  const isTakenUp = async () => (await readItem(database, itemId))?.isSettled === false
  await eventually(isTakenUp, { what: 'the item to be looked at again' })
  await rebuildItem(bench.stores, itemId, { waitMs: 5_000, onlyIfUnsound: true })
  await isGivenBack(paymentId)
  expect(await becomes(paymentId, 'refund')).toMatchObject({ fault: 'SALE_CLOSED' })
})

/** What a worker has, to buy again with by hand. */
function buyingContext() {
  const { redis, database, locks } = sale.bench.stores
  const ledgers = createKnownLedgers((itemIds) => readKnownItems(database, itemIds))
  const send = createSendBatch('gate', redis, ledgers, locks)
  const bounds = { batchSizeMax: 1, pendingCountMax: 1, deadlineMs: 10_000 }
  const batcher = createReservationBatcher({ ...bounds, send, onAccepted: () => {}, onError: () => {} })
  return { redis, database, ledgers, batcher }
}

/** An order of Ann that expired before her money came. */
async function payLate() {
  const { orderId, paymentId } = await sale.order('ann')
  await sale.expire(orderId)
  await sale.pay(paymentId)
  const [late] = await takeDuePayments(sale.bench.stores.database, 1, 0)
  return late!
}

test('a worker that was stopped while another sent the money back leaves no order that nobody pays, and its unit is on sale at once', async () => {
  const { drain, bench, itemId } = await openSale(2)
  const late = await payLate()
  const { database } = bench.stores
  const drainLate = async () => {
    const { uuid } = derivePaymentOrderId(itemId, 'ann', late.id)
    expect(await settleLatePayment(database, late.id, uuid, 'SOLD_OUT')).toBe('refund')
    await drain()
  }
  expect(await buyAgain({ ...buyingContext(), drain: drainLate }, late)).toBe('known')
  expect(await activeOrders()).toEqual([])
  expect(await auditItem(bench.stores, itemId, 5_000)).toMatchObject({ available: 2, activeUnits: 0, balanced: true })
})

test('an order that another worker paid with the late money stays', async () => {
  const { drain, bench, itemId } = await openSale(2)
  const late = await payLate()
  const { uuid } = derivePaymentOrderId(itemId, 'ann', late.id)
  const drainLate = async () => {
    await drain()
    expect(await settleLatePayment(bench.stores.database, late.id, uuid, undefined)).toBe('paid')
  }
  expect(await buyAgain({ ...buyingContext(), drain: drainLate }, late)).toBe('known')
  expect(await activeOrders()).toEqual(['ann'])
})

test('late money does not wait for a drain that does not end', async () => {
  await openSale(1)
  const late = await payLate()
  expect(await buyAgain({ ...buyingContext(), drain: neverEnds, drainWithinMs: 20 }, late)).toBe('waiting')
  startWork()
  await becomes(late.id, 'paid')
})

test('late money buys once, however many workers are at it and wherever one of them dies', async () => {
  const { bench, itemId } = await openSale(3)
  const { redis } = bench.stores
  const late = await payLate()
  // This worker dies once the ledger has taken the order.
  await expect(buyAgain({ ...buyingContext(), drain: dies }, late)).rejects.toThrow('the worker dies')
  for (let i = 0; i < 3; i += 1) startWork()
  await becomes(late.id, 'paid')
  expect(await activeOrders()).toEqual(['ann'])
  expect(await judgePayments(sale.simulated.books, databaseUrl())).toEqual([])
  expect(await redis.hget(`{item:${itemId}}:ledger`, 'available')).toBe('2')
})

test('a refund whose answer was lost is listed while it fails, and made once', async () => {
  const { order, pay, simulated, bench } = await openSale(1)
  const { paymentId } = await order('ann')
  expect(await pay(paymentId, { amount: 1 })).toBe('refund')
  simulated.loseAnswers(1)
  startWork()
  const { database } = bench.stores
  const failed = () => database.refund.findUnique({ where: { paymentId, lastError: { not: null } } })
  await eventually(failed, { what: 'the refund to be listed as failing' })
  expect(simulated.books.refunds).toHaveLength(1)
  // Its pause is over.
  await database.$executeRaw`UPDATE refunds SET next_try_at = now()`
  await isGivenBack(paymentId)
  expect(await database.refund.findUnique({ where: { paymentId } })).toMatchObject({ attempts: 2, lastError: null })
})

test('money of which no webhook told is found at the provider', async () => {
  const { order, simulated, bench } = await openSale(1)
  const { orderId, paymentId } = await order('ann')
  simulated.pay(paymentId, { times: 0 })
  await bench.stores.database.$executeRaw`UPDATE payments SET check_at = now()`
  startWork()
  expect(await becomes(paymentId, 'paid')).toMatchObject({ paidOrderId: orderId })
  expect(await judgePayments(sale.simulated.books, databaseUrl())).toEqual([])
})

test('mutant: paying without comparing the status sells a unit twice, and the checker convicts it', async () => {
  const { order, expire, pay } = await openSale(1)
  const { orderId, paymentId } = await order('ann')
  await expire(orderId)
  await order('bob')
  await mutateFunction(databaseUrl(), 'apply_payment', 'pay without compare')
  expect(await pay(paymentId)).toBe('paid')
  const found = await sale.violations({ unitsCameBack: true })
  expect(found).toContainEqual(expect.objectContaining({ invariant: 'I1', fault: 'OVERSOLD' }))
})
