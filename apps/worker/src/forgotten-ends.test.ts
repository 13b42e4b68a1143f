import { cancelOrders } from '@flash-sale/database/end-orders'
import { readItem } from '@flash-sale/database/items'
import { storm } from '@flash-sale/kit/place-order'
import { readLedger } from '@flash-sale/stock/read-ledger'
import { silentLogger } from '@flash-sale/testing/open-stores'
import { newSale, withBench, type TestSale } from '@flash-sale/testing/test-sale'
import { auditItem } from '@flash-sale/upkeep/audit-item'
import { giveBack } from '@flash-sale/upkeep/give-back'
import { rebuildItem } from '@flash-sale/upkeep/rebuild-item'
import { describe, expect, test } from 'vitest'
import { drainItem } from './drain-item.ts'
import { mendItem } from './mend-item.ts'
import { sweepOnce } from './sweep-once.fixture.ts'

const bench = withBench()
const context = {
  get stores() {
    return bench.stores
  },
  logger: silentLogger,
  signal: new AbortController().signal,
  outboxAgeMaxMs: 60_000,
  drain,
}

function drain(itemId: number): Promise<void> {
  return drainItem({ ...bench.stores, ...context }, itemId)
}

const cancellation = { from: ['confirmed'], sellAgain: true, detail: { by: 'buyer' } } as const

interface Resold extends TestSale {
  /** Has Postgres forget the cancellation, and what happened since. */
  readonly restoreBefore: () => Promise<void>
}

/** A sale of which one order was cancelled, whose unit Ben buys. Ben's order waits in the outbox. */
async function resell(): Promise<Resold> {
  const sale = await newSale(bench, { total: 3, purchaseLimit: 1 })
  const { itemId } = sale
  const { database } = bench.stores
  await rebuildItem(bench.stores, itemId, { waitMs: 5_000, onlyIfUnsound: true })
  const { place } = await sale.openShop()
  await storm([place], 3)
  await drain(itemId)
  const [first] = await database.order.findMany({ where: { itemId } })
  const quotas = await database.buyerQuota.findMany({ where: { itemId } })
  const { persisted, endedCount } = (await readItem(database, itemId))!
  await cancelOrders(database, itemId, [first!.id], cancellation)
  await giveBack(bench.stores, itemId)
  expect(await place({ buyer: 'ben', key: 'k', quantity: 1 })).toMatchObject({ outcome: 'ACCEPTED' })
  return {
    ...sale,
    async restoreBefore() {
      await database.order.deleteMany({ where: { itemId, buyer: 'ben' } })
      await database.order.update({ where: { id: first!.id }, data: { status: 'confirmed', endedAt: null } })
      await database.buyerQuota.deleteMany({ where: { itemId } })
      await database.buyerQuota.createMany({ data: quotas })
      await database.orderEvent.deleteMany({ where: { itemId } })
      await database.saleItem.update({ where: { id: itemId }, data: { persisted, endedCount } })
    },
  }
}

async function isMended(sale: TestSale, orderCounts = { cancelled: 1, confirmed: 3 }): Promise<void> {
  const { itemId } = sale
  await giveBack(bench.stores, itemId)
  const rows = await bench.stores.database.order.groupBy({ by: ['status'], where: { itemId }, _count: true })
  expect(Object.fromEntries(rows.map(({ status, _count }) => [status, _count]))).toEqual(orderCounts)
  const { confirmed } = orderCounts
  const audit = await auditItem(bench.stores, itemId, 5_000)
  expect(audit).toMatchObject({ activeUnits: confirmed, available: 3 - confirmed, balanced: true })
  expect(await sale.violations()).toEqual([])
}

test('a Postgres from before a cancellation is noticed by a sweep, though it has as many units as the ledger', async () => {
  const sale = await resell()
  await drain(sale.itemId)
  await sale.restoreBefore()
  expect(await readItem(bench.stores.database, sale.itemId)).toMatchObject({ persisted: 3, returningUnits: 0 })
  await sweepOnce(context)
  await isMended(sale)
})

test('an order that waits while Postgres forgets the cancellation that made room for it is not rejected', async () => {
  const sale = await resell()
  await sale.restoreBefore()
  await drain(sale.itemId)
  await sweepOnce(context)
  await isMended(sale)
})

/** Another order ends in the Postgres that forgot, so both stores have counted as many ends. Its unit is back. */
async function cancelAnother({ itemId }: TestSale): Promise<void> {
  const { database } = bench.stores
  const [another] = await database.order.findMany({
    where: { itemId, status: 'confirmed' },
    orderBy: { number: 'desc' },
  })
  await cancelOrders(database, itemId, [another!.id], cancellation)
  await giveBack(bench.stores, itemId)
}

describe('when as many orders ended since as a restored Postgres forgot', () => {
  test('an order that waits is not rejected: no unit is missing', async () => {
    const sale = await resell()
    await sale.restoreBefore()
    await cancelAnother(sale)
    const { place } = await sale.openShop()
    expect(await place({ buyer: 'carl', key: 'k', quantity: 1 })).toMatchObject({ outcome: 'ACCEPTED' })
    await drain(sale.itemId)
    await sweepOnce(context)
    await isMended(sale, { cancelled: 2, confirmed: 3 })
  })

  test('a sweep notices it, though the order that bought the unit is forgotten too, and so the units are equal', async () => {
    const sale = await resell()
    await drain(sale.itemId)
    await sale.restoreBefore()
    await cancelAnother(sale)
    expect(await readItem(bench.stores.database, sale.itemId)).toMatchObject({ persisted: 2, returningUnits: 0 })
    expect(await readLedger(bench.stores.redis, sale.itemId)).toMatchObject({ available: 1 })
    await sweepOnce(context)
    await isMended(sale, { cancelled: 2, confirmed: 2 })
  })
})

test('an end is not forgotten together with its order, whose entry is in the outbox yet', async () => {
  const sale = await newSale(bench, { total: 1, purchaseLimit: 1 })
  const { itemId } = sale
  const { database, redis } = bench.stores
  await rebuildItem(bench.stores, itemId, { waitMs: 5_000, onlyIfUnsound: true })
  const { place } = await sale.openShop()
  await place({ buyer: 'ann', key: 'k', quantity: 1 })
  const [[, fields]] = (await redis.xrange(`{item:${itemId}}:outbox`, '-', '+')) as [[string, string[]]]
  await drain(itemId)
  // As if the worker had ended between its commit and its acknowledgement.
  await redis.xadd(`{item:${itemId}}:outbox`, '*', ...fields)
  const [first] = await database.order.findMany({ where: { itemId } })
  await cancelOrders(database, itemId, [first!.id], cancellation)
  await giveBack(bench.stores, itemId)
  expect(await place({ buyer: 'ben', key: 'k', quantity: 1 })).toMatchObject({ outcome: 'ACCEPTED' })
  await database.order.deleteMany({ where: { itemId } })
  await database.buyerQuota.deleteMany({ where: { itemId } })
  await database.orderEvent.deleteMany({ where: { itemId } })
  await database.saleItem.update({ where: { id: itemId }, data: { persisted: 0, endedCount: 0 } })
  await drain(itemId)
  await sweepOnce(context)
  const rows = await database.order.findMany({ where: { itemId }, orderBy: { buyer: 'asc' } })
  expect(rows.map(({ buyer, status }) => `${buyer} ${status}`)).toEqual(['ann cancelled', 'ben confirmed'])
  expect(await auditItem(bench.stores, itemId, 5_000)).toMatchObject({ activeUnits: 1, balanced: true })
})

test('an end between the two readings of a sweep has nobody take the lease of the item', async () => {
  const { itemId } = await resell()
  await drain(itemId)
  const item = (await readItem(bench.stores.database, itemId))!
  // The lock counts here how often it was taken.
  const takenCount = () => bench.stores.redis.get(`{item:${itemId}}:fence`)
  const before = await takenCount()
  expect(before).not.toBeNull()
  expect(await mendItem(context, { ...item, endedCount: item.endedCount - 1 }, 'FORGOTTEN')).toBe(false)
  expect(await takenCount()).toBe(before)
  expect(await readLedger(bench.stores.redis, itemId)).toMatchObject({ endedCount: item.endedCount })
})
