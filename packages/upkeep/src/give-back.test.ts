import { cancelOrders } from '@flash-sale/database/end-orders'
import { readItem } from '@flash-sale/database/items'
import { listReturningOrders, noteUnitsBack } from '@flash-sale/database/returning-orders'
import { ledgerKeys } from '@flash-sale/stock/ledger-keys'
import { shortOrderId } from '@flash-sale/stock/order-id'
import { readLedger } from '@flash-sale/stock/read-ledger'
import { release } from '@flash-sale/stock/release'
import { endSaleOf } from '@flash-sale/testing/end-sales'
import { pauseBefore } from '@flash-sale/testing/pausable-stores'
import { eventually } from '@flash-sale/testing/eventually'
import { newSale, withBench, type TestSale } from '@flash-sale/testing/test-sale'
import { describe, expect, test } from 'vitest'
import { auditItem } from './audit-item.ts'
import { persistWaiting } from './ended-orders.fixture.ts'
import { giveBack } from './give-back.ts'
import { rebuildItem } from './rebuild-item.ts'
import { finishRestock } from './restock-item.ts'
import { settleItem } from './settle-item.ts'

const bench = withBench()

const waitMs = 5_000
const byBuyer = { from: ['confirmed'], sellAgain: true, detail: { by: 'buyer' } } as const
const withdrawn = { ...byBuyer, sellAgain: false } as const

/** Ten units, of which ann, bob and cai have bought two each, and ann's order was cancelled; with the id of that. */
async function saleWithCancelled(cancellation: Parameters<typeof cancelOrders>[3] = byBuyer) {
  const sale = await newSale(bench, { total: 10, purchaseLimit: 2 })
  const options = { waitMs, onlyIfUnsound: true }
  await eventually(() => rebuildItem(bench.stores, sale.itemId, options), { what: 'the ledger' })
  const { place } = await sale.openShop()
  const orderId = (await place({ buyer: 'ann', key: 'k', quantity: 2 })).orderId!
  for (const buyer of ['bob', 'cai']) await place({ buyer, key: 'k', quantity: 2 })
  await persistWaiting(bench.stores, sale.itemId)
  expect(await cancelOrders(bench.stores.database, sale.itemId, [orderId], cancellation)).toEqual([{ kind: 'ENDED' }])
  /** Has Postgres forget what happened since the cancellation, and the cancellation. */
  const restoreBefore = async () => {
    const { database } = bench.stores
    const { itemId } = sale
    const known = (await database.order.findMany({ where: { itemId }, select: { id: true } })).map(({ id }) => id)
    return async () => {
      await database.order.deleteMany({ where: { itemId, id: { notIn: known } } })
      await database.order.updateMany({ where: { id: orderId }, data: { status: 'confirmed' } })
      await database.returningOrder.deleteMany({ where: { itemId } })
      await database.buyerQuota.deleteMany({ where: { itemId, buyer: { in: ['dan', 'eve', 'fay'] } } })
      await database.buyerQuota.updateMany({ where: { itemId, buyer: 'ann' }, data: { units: 2 } })
      await database.saleItem.update({ where: { id: itemId }, data: { persisted: 6, endedCount: 0 } })
    }
  }
  return { ...sale, place, orderId, restoreBefore }
}

async function releaseAlone({ itemId, orderId }: { itemId: number; orderId: string }, units?: 'withdraw') {
  const { birth, epoch } = (await readItem(bench.stores.database, itemId))!
  return release(bench.stores.redis, itemId, { owner: '', birth, epoch }, [shortOrderId(orderId)], units)
}

async function rebuild({ itemId }: TestSale): Promise<void> {
  await rebuildItem(bench.stores, itemId, { waitMs, onlyIfUnsound: false })
}

function audit({ itemId }: TestSale) {
  return auditItem(bench.stores, itemId, waitMs)
}

function returning({ itemId }: TestSale) {
  return listReturningOrders(bench.stores.database, itemId, 10)
}

test('the units of a cancelled order are on sale again, its buyer may buy again, and nothing is returning any more', async () => {
  const sale = await saleWithCancelled()
  expect(await giveBack(bench.stores, sale.itemId)).toEqual({ kind: 'BACK', count: 1, unknownIds: [] })
  expect(await returning(sale)).toEqual([])
  expect(await audit(sale)).toMatchObject({ available: 6, activeUnits: 4, returningUnits: 0, balanced: true })
  expect(await sale.place({ buyer: 'ann', key: 'again', quantity: 2 })).toMatchObject({ outcome: 'ACCEPTED' })
  await persistWaiting(bench.stores, sale.itemId)
  expect(await sale.violations()).toEqual([])
  expect(await giveBack(bench.stores, sale.itemId)).toEqual({ kind: 'BACK', count: 0, unknownIds: [] })
})

test('at every step a unit is counted in one place', async () => {
  const sale = await saleWithCancelled()
  expect(await audit(sale)).toMatchObject({ available: 4, activeUnits: 4, returningUnits: 2, balanced: true })
  expect((await sale.violations()).map(({ fault }) => fault)).toEqual(['NOT_GIVEN_BACK', 'NOT_GIVEN_BACK'])
  await releaseAlone(sale)
  expect(await audit(sale)).toMatchObject({ available: 6, activeUnits: 4, returningUnits: 0, balanced: true })
  await noteUnitsBack(bench.stores.database, sale.itemId, [sale.orderId])
  expect(await audit(sale)).toMatchObject({ available: 6, activeUnits: 4, returningUnits: 0, balanced: true })
})

test('many processes at once give back once', async () => {
  const sale = await saleWithCancelled()
  await Promise.all(Array.from({ length: 6 }, () => giveBack(bench.stores, sale.itemId)))
  expect(await audit(sale)).toMatchObject({ available: 6, balanced: true })
  expect(await sale.violations()).toEqual([])
})

describe.each([
  ['and the ledger stays', async () => {}],
  ['and the ledger is rebuilt', rebuild],
  [
    'and the ledger is lost',
    async (sale: TestSale) => {
      await bench.stores.redis.del(Object.values(ledgerKeys(sale.itemId)))
      await rebuild(sale)
    },
  ],
])('a process that stops in the middle, %s', (_, disturb) => {
  test.each([1, 2, 3, 4])(
    'before its question %i to a store: the units are back once, also when it goes on',
    async (step) => {
      const sale = await saleWithCancelled()
      const pausable = pauseBefore(step, bench.stores)
      const given = giveBack(pausable.stores, sale.itemId)
      await Promise.race([pausable.paused, given])
      await disturb(sale)
      expect(await giveBack(bench.stores, sale.itemId)).toMatchObject({ kind: 'BACK', unknownIds: [] })
      expect(await sale.violations()).toEqual([])
      pausable.resume()
      expect((await given).kind).toMatch(/^(?:BACK|LATER)$/)
      expect(await returning(sale)).toEqual([])
      expect(await audit(sale)).toMatchObject({ available: 6, balanced: true })
      expect(await sale.violations()).toEqual([])
    },
  )
})

test('an item that is held, or whose ledger is suspended, gets its units later', async () => {
  const sale = await saleWithCancelled()
  const { lock, ledger } = ledgerKeys(sale.itemId)
  await bench.stores.redis.set(lock, 'another', 'PX', 60_000)
  expect(await giveBack(bench.stores, sale.itemId)).toEqual({ kind: 'LATER' })
  await bench.stores.redis.del(lock)
  await bench.stores.redis.hset(ledger, 'state', 'rebuilding')
  expect(await giveBack(bench.stores, sale.itemId)).toEqual({ kind: 'LATER' })
  expect(await returning(sale)).toHaveLength(1)
  await rebuild(sale)
  expect(await audit(sale)).toMatchObject({ available: 6, returningUnits: 0, balanced: true })
  expect(await giveBack(bench.stores, sale.itemId)).toMatchObject({ kind: 'BACK', count: 1 })
  expect(await sale.violations()).toEqual([])
})

test('an order that the ledger does not know gives nothing back, and is told of', async () => {
  const sale = await saleWithCancelled()
  const { ledger, orders, buyers } = ledgerKeys(sale.itemId)
  // A ledger that never had the order: its units are available.
  await bench.stores.redis.hdel(orders, shortOrderId(sale.orderId))
  await bench.stores.redis.hdel(buyers, 'ann')
  await bench.stores.redis.hincrby(ledger, 'available', 2)
  expect(await giveBack(bench.stores, sale.itemId)).toEqual({ kind: 'BACK', count: 1, unknownIds: [sale.orderId] })
  expect(await audit(sale)).toMatchObject({ available: 6, oversold: 0, undersold: 0 })
})

test('a Postgres that was restored from before a cancellation gets it back, before orders that wait in the outbox are judged', async () => {
  const sale = await saleWithCancelled()
  await giveBack(bench.stores, sale.itemId)
  const restored = await sale.restoreBefore()
  for (const buyer of ['dan', 'eve', 'fay']) await sale.place({ buyer, key: 'k', quantity: 2 })
  await restored()
  await rebuild(sale)
  await giveBack(bench.stores, sale.itemId)
  expect(await bench.stores.database.order.count({ where: { itemId: sale.itemId, status: 'rejected' } })).toBe(0)
  expect(await sale.violations()).toEqual([])
  expect(await audit(sale)).toMatchObject({ available: 0, activeUnits: 10, balanced: true })
})

test('a Postgres that was restored from before a cancellation gets it back, before units that were sold again are offered', async () => {
  const sale = await saleWithCancelled()
  await giveBack(bench.stores, sale.itemId)
  const restored = await sale.restoreBefore()
  for (const buyer of ['dan', 'eve', 'fay']) await sale.place({ buyer, key: 'k', quantity: 2 })
  await persistWaiting(bench.stores, sale.itemId)
  await restored()
  await rebuild(sale)
  await giveBack(bench.stores, sale.itemId)
  expect(await sale.violations()).toEqual([])
  expect(await audit(sale)).toMatchObject({ available: 0, activeUnits: 10, balanced: true })
})

test('an order that ended stays known, though Postgres was restored from before it was placed', async () => {
  const sale = await saleWithCancelled()
  await giveBack(bench.stores, sale.itemId)
  const { database } = bench.stores
  await database.order.delete({ where: { id: sale.orderId } })
  await database.orderEvent.deleteMany({ where: { orderId: sale.orderId } })
  // No order, though it looks like one.
  await bench.stores.redis.hset(ledgerKeys(sale.itemId).orders, 'no id', '-99999999999:1:ann')
  await rebuild(sale)
  expect(await database.order.findUnique({ where: { id: sale.orderId } })).toMatchObject({
    status: 'cancelled',
    buyer: 'ann',
    quantity: 2,
  })
  expect(await sale.place({ buyer: 'ann', key: 'k', quantity: 2 })).toMatchObject({ orderId: sale.orderId })
  expect(await audit(sale)).toMatchObject({ available: 6, activeUnits: 4, balanced: true })
  expect(await sale.violations()).toEqual([])
})

describe('units that are not to be sold again', () => {
  const alone = { available: 4, total: 8 }

  test('leave the ledger together with their part of the total', async () => {
    const sale = await saleWithCancelled(withdrawn)
    expect(await audit(sale)).toMatchObject({ total: 8, available: 4, activeUnits: 4, balanced: true })
    expect(await giveBack(bench.stores, sale.itemId)).toMatchObject({ kind: 'BACK', count: 1 })
    expect(await readLedger(bench.stores.redis, sale.itemId)).toMatchObject(alone)
    await finishRestock(bench.stores, sale.itemId, waitMs)
    expect(await readLedger(bench.stores.redis, sale.itemId)).toMatchObject({ ...alone, totalVersion: 1 })
    expect(await audit(sale)).toMatchObject({ ...alone, activeUnits: 4, balanced: true })
    expect(await sale.violations()).toEqual([])
  })

  test('come to the same if the total is lowered in the ledger first', async () => {
    const sale = await saleWithCancelled(withdrawn)
    await finishRestock(bench.stores, sale.itemId, waitMs)
    expect(await audit(sale)).toMatchObject({
      total: 8,
      available: 2,
      activeUnits: 4,
      returningUnits: 2,
      balanced: true,
    })
    await giveBack(bench.stores, sale.itemId)
    await finishRestock(bench.stores, sale.itemId, waitMs)
    expect(await audit(sale)).toMatchObject({ ...alone, activeUnits: 4, returningUnits: 0, balanced: true })
    expect(await sale.violations()).toEqual([])
  })

  test('come to the same if the ledger is rebuilt before', async () => {
    const sale = await saleWithCancelled(withdrawn)
    await rebuild(sale)
    await giveBack(bench.stores, sale.itemId)
    expect(await audit(sale)).toMatchObject({ ...alone, activeUnits: 4, returningUnits: 0, balanced: true })
    expect(await sale.violations()).toEqual([])
  })

  test('are noted as back, though the item was settled meanwhile and then its ledger was lost', async () => {
    const sale = await saleWithCancelled(withdrawn)
    const { itemId } = sale
    const { redis, database } = bench.stores
    // This process stops before it notes that.
    await releaseAlone(sale, 'withdraw')
    await finishRestock(bench.stores, itemId, waitMs)
    await endSaleOf(bench.testStores.database.url, itemId)
    await redis.hset(ledgerKeys(itemId).ledger, 'closesAt', Date.now() - 1_000)
    expect(await settleItem(bench.stores, itemId, waitMs)).toBe(true)
    await redis.del(Object.values(ledgerKeys(itemId)))
    expect(await giveBack(bench.stores, itemId)).toEqual({ kind: 'LATER' })
    expect(await readItem(database, itemId)).toMatchObject({ isSettled: false })
    await rebuild(sale)
    expect(await giveBack(bench.stores, itemId)).toMatchObject({ kind: 'BACK', count: 1 })
  })
})
