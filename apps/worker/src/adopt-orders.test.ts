import { ledgerKeys } from '@flash-sale/stock/ledger-keys'
import { silentLogger } from '@flash-sale/testing/open-stores'
import { pauseBefore } from '@flash-sale/testing/pausable-stores'
import { storm } from '@flash-sale/kit/place-order'
import { newSale, withBench, type Bench, type TestSale } from '@flash-sale/testing/test-sale'
import { rebuildItem } from '@flash-sale/upkeep/rebuild-item'
import { expect, test } from 'vitest'
import { drainItem } from './drain-item.ts'

const bench = withBench()

const ifUnsound = { waitMs: 5_000, onlyIfUnsound: true }
/** The worker has read the outbox, and is about to persist what it read. */
const stepOfPersist = 2

async function saleWithWaitingOrders(): Promise<TestSale> {
  const sale = await newSale(bench, { total: 10, purchaseLimit: 1 })
  await rebuildItem(bench.stores, sale.itemId, ifUnsound)
  await storm([(await sale.openShop()).place], 4, { prefix: 'early' })
  return sale
}

function drain(sale: TestSale, { redis, database, locks }: Bench['stores']): Promise<void> {
  return drainItem({ redis, database, locks, logger: silentLogger, signal: new AbortController().signal }, sale.itemId)
}

/** A worker that stands still after it has read what waits. */
async function workerStoppedBefore(step: number, sale: TestSale) {
  const worker = pauseBefore(step, bench.stores)
  const drained = drain(sale, worker.stores)
  await Promise.race([worker.paused, drained])
  const comeBack = () => {
    worker.resume()
    return drained
  }
  return { comeBack, questionCount: worker.askedCount() }
}

function forget({ itemId }: TestSale): Promise<number> {
  return bench.stores.redis.del(Object.values(ledgerKeys(itemId)))
}

async function sellOut(sale: TestSale): Promise<void> {
  await storm([(await sale.openShop()).place], 15, { prefix: 'late' })
}

async function statuses({ itemId }: TestSale): Promise<Record<string, number>> {
  const rows = await bench.stores.database.order.groupBy({ by: ['status'], where: { itemId }, _count: true })
  return Object.fromEntries(rows.map((row) => [row.status, row._count]))
}

test('orders that only a stopped worker still knew are adopted by the rebuilt ledger', async () => {
  const sale = await saleWithWaitingOrders()
  const { comeBack } = await workerStoppedBefore(stepOfPersist, sale)
  await forget(sale)
  await rebuildItem(bench.stores, sale.itemId, ifUnsound)
  await comeBack()
  await sellOut(sale)
  await drain(sale, bench.stores)
  expect(await statuses(sale)).toEqual({ confirmed: 10 })
  expect(await sale.violations()).toEqual([])
})

test('what was sold to others meanwhile is not sold again: adopted orders that do not fit are rejected visibly', async () => {
  const sale = await saleWithWaitingOrders()
  const { comeBack } = await workerStoppedBefore(stepOfPersist, sale)
  await forget(sale)
  await rebuildItem(bench.stores, sale.itemId, ifUnsound)
  await sellOut(sale)
  await comeBack()
  await drain(sale, bench.stores)
  expect(await statuses(sale)).toEqual({ confirmed: 10, rejected: 4 })
  expect(await sale.violations({ redisForgot: true })).toEqual([])
})

test('a rejected order stays rejected for the client that asks again with its key', async () => {
  const sale = await saleWithWaitingOrders()
  const { comeBack } = await workerStoppedBefore(stepOfPersist, sale)
  await forget(sale)
  await rebuildItem(bench.stores, sale.itemId, ifUnsound)
  await sellOut(sale)
  await comeBack()
  const { orderId } = sale.history[0]!
  const again = { buyer: 'early-0', key: 'early-key-0', quantity: 1 }
  expect(await (await sale.openShop()).place(again)).toMatchObject({ orderId })
  await drain(sale, bench.stores)
  expect(await bench.stores.database.order.findUnique({ where: { id: orderId! } })).toMatchObject({
    status: 'rejected',
    reason: 'SOLD_OUT',
  })
})

test('orders wait for adoption while there is no ledger yet', async () => {
  const sale = await saleWithWaitingOrders()
  const { comeBack } = await workerStoppedBefore(stepOfPersist, sale)
  await forget(sale)
  await bench.stores.database.saleItem.update({ where: { id: sale.itemId }, data: { epoch: 2 } })
  const drained = comeBack()
  expect(await (await sale.openShop()).place({ buyer: 'x', key: 'k', quantity: 1 })).toMatchObject({
    outcome: 'UNAVAILABLE',
  })
  await rebuildItem(bench.stores, sale.itemId, ifUnsound)
  await drained
  await sellOut(sale)
  await drain(sale, bench.stores)
  expect(await sale.violations()).toEqual([])
})

test('a worker stopped before any of its steps while the item is flushed and rebuilt loses nothing that it held', async () => {
  const { questionCount } = await workerStoppedBefore(Infinity, await saleWithWaitingOrders())
  expect(questionCount).toBeGreaterThanOrEqual(3)
  for (let step = stepOfPersist; step <= questionCount; step += 1) {
    const sale = await saleWithWaitingOrders()
    const { comeBack } = await workerStoppedBefore(step, sale)
    await forget(sale)
    await rebuildItem(bench.stores, sale.itemId, ifUnsound)
    await comeBack()
    await sellOut(sale)
    await drain(sale, bench.stores)
    expect({ step, violations: await sale.violations() }).toEqual({ step, violations: [] })
  }
})

test('a worker stopped while the item is rebuilt and nothing forgotten finds its orders persisted', async () => {
  const sale = await saleWithWaitingOrders()
  const { comeBack } = await workerStoppedBefore(stepOfPersist, sale)
  await rebuildItem(bench.stores, sale.itemId, { waitMs: 5_000, onlyIfUnsound: false })
  await sellOut(sale)
  await comeBack()
  await drain(sale, bench.stores)
  expect(await statuses(sale)).toEqual({ confirmed: 10 })
  expect(await sale.violations()).toEqual([])
})
