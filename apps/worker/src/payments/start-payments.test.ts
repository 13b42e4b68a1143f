import { readPayment, type PaymentRow } from '@flash-sale/database/payments'
import { takeDuePayments } from '@flash-sale/database/due-payments'
import { readItem, readKnownItems } from '@flash-sale/database/items'
import { judgePayments } from '@flash-sale/kit/judge-payments'
import { readStoredItem } from '@flash-sale/kit/read-stored-item'
import { createKnownLedgers } from '@flash-sale/stock/known-ledgers'
import { ledgerKeys } from '@flash-sale/stock/ledger-keys'
import { createReservationBatcher } from '@flash-sale/stock/reservation-batcher'
import { createSendBatch } from '@flash-sale/stock/reserve-strategy'
import { endSaleOf } from '@flash-sale/testing/end-sales'
import { eventually } from '@flash-sale/testing/eventually'
import { mutateFunction } from '@flash-sale/testing/mutate-function'
import { rebuildItem } from '@flash-sale/upkeep/rebuild-item'
import { settleItem } from '@flash-sale/upkeep/settle-item'
import { afterEach, expect, onTestFinished, test } from 'vitest'
import { buyAgain } from './buy-again.ts'
import { setUpPayingSale } from './late-money.fixture.ts'
import type { PaymentWork } from './start-payments.ts'

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

test('late money buys once, however many workers are at it and wherever one of them dies', async () => {
  const { order, expire, pay, bench, itemId } = await openSale(3)
  const { orderId, paymentId } = await order('ann')
  await expire(orderId)
  await pay(paymentId)
  const { redis, database, locks } = bench.stores
  // This worker dies once the ledger has taken the order.
  const [late] = await takeDuePayments(database, 1, 0)
  const ledgers = createKnownLedgers((itemIds) => readKnownItems(database, itemIds))
  const send = createSendBatch('gate', redis, ledgers, locks)
  const bounds = { batchSizeMax: 1, pendingCountMax: 1, deadlineMs: 10_000 }
  const batcher = createReservationBatcher({ ...bounds, send, onAccepted: () => {}, onError: () => {} })
  await expect(buyAgain({ database, ledgers, batcher, drain: dies }, late!)).rejects.toThrow('the worker dies')
  for (let i = 0; i < 3; i += 1) startWork()
  await becomes(paymentId, 'paid')
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
