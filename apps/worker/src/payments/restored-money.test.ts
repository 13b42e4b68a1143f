import { readFile } from 'node:fs/promises'
import { cancelOrders } from '@flash-sale/database/end-orders'
import { readPayment } from '@flash-sale/database/payments'
import { refundPaidOrder } from '@flash-sale/database/refunds'
import { judgePayments } from '@flash-sale/kit/judge-payments'
import { eventually } from '@flash-sale/testing/eventually'
import { silentLogger } from '@flash-sale/testing/open-stores'
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest'
import { createUnpaidSweep } from '../sweep-unpaid.ts'
import { setUpPayingSale } from './late-money.fixture.ts'

let sale: Awaited<ReturnType<typeof setUpPayingSale>>

beforeEach(async () => {
  sale = await setUpPayingSale(2)
})

afterEach(() => sale.close())

/** Runs the statements of docs/recover.md, which come before the workers start. */
async function prepareAsDocumented(): Promise<void> {
  const page = await readFile(new URL('../../../../docs/recover.md', import.meta.url), 'utf8')
  const section = page.slice(page.indexOf('### Money that Postgres forgot'))
  const sql = /```sql\n([\s\S]+?)```/.exec(section)![1]!
  for (const statement of sql.split(';\n').filter(Boolean)) {
    await sale.bench.stores.database.$executeRawUnsafe(statement)
  }
}

/** The payments that the worker will look at, though not before the sweep has looked at all items. Brings that time about. */
async function letTimePass(): Promise<number> {
  const { database } = sale.bench.stores
  return database.$executeRaw`UPDATE payments SET check_at = now() WHERE check_at > now() + interval '4 minutes'`
}

async function startWorker(): Promise<void> {
  const sweep = createUnpaidSweep({ ...sale.bench, logger: silentLogger, signal: new AbortController().signal })
  await sweep.look()
  await sweep.settled()
  const work = sale.startWork()
  onTestFinished(() => work.close())
}

/** The provider's books and the rows agree. */
async function isBalanced(): Promise<void> {
  expect(await judgePayments(sale.simulated.books, sale.bench.testStores.database.url)).toEqual([])
}

test('money that came after the copy pays its order, though its time to pay is over', async () => {
  const { order, simulated, bench } = sale
  const { database } = bench.stores
  const { orderId, paymentId } = await order('ann')
  await database.order.update({ where: { id: orderId }, data: { dueAt: new Date(0) } })
  // Postgres was told of it after the copy.
  simulated.pay(paymentId, { times: 0 })
  await prepareAsDocumented()
  expect(await letTimePass()).toBe(1)
  await startWorker()
  const isPaid = async () => (await readPayment(database, paymentId))?.state === 'paid'
  await eventually(isPaid, { what: 'the payment to be paid' })
  expect(await database.order.findMany({ select: { id: true, status: true } })).toEqual([
    { id: orderId, status: 'paid' },
  ])
  await isBalanced()
})

test('a refund that was made after the copy and is made again moves no money twice', async () => {
  const { order, pay, simulated, bench, itemId } = sale
  const { database } = bench.stores
  const { orderId, paymentId } = await order('ann')
  expect(await pay(paymentId)).toBe('paid')
  const { amount } = simulated.books.findById(paymentId)!
  // Postgres knew of it after the copy.
  simulated.books.refund({ refundKey: `${paymentId}-0`, paymentId, amount })
  await prepareAsDocumented()
  await database.$transaction(async (statements) => {
    await cancelOrders(statements, itemId, [orderId], { from: ['paid'], sellAgain: true, detail: { by: 'ops' } })
    expect(await refundPaidOrder(statements, orderId)).toBe(paymentId)
  })
  await startWorker()
  const isDone = async () => (await database.refund.findUnique({ where: { paymentId } }))?.state === 'done'
  await eventually(isDone, { what: 'the refund to be done' })
  expect(simulated.books.refunds).toHaveLength(1)
  await isBalanced()
})
