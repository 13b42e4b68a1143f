import { cancelOrders } from '@flash-sale/database/end-orders'
import { takeFence, readItem } from '@flash-sale/database/items'
import { raiseTotal } from '@flash-sale/database/restock-item'
import { persistOrders } from '@flash-sale/database/persist-orders'
import { setSaleState } from '@flash-sale/database/sales'
import { markSettled } from '@flash-sale/database/unsettled-items'
import { acknowledge } from '@flash-sale/stock/acknowledge'
import { ledgerKeys } from '@flash-sale/stock/ledger-keys'
import { deriveOrderId, orderUuid } from '@flash-sale/stock/order-id'
import { readOutbox } from '@flash-sale/stock/outbox'
import { readLedger } from '@flash-sale/stock/read-ledger'
import { adopt } from '@flash-sale/stock/reserve'
import { endSaleOf } from '@flash-sale/testing/end-sales'
import { pauseBefore } from '@flash-sale/testing/pausable-stores'
import { newSale, withBench, type TestSale } from '@flash-sale/testing/test-sale'
import { describe, expect, test } from 'vitest'
import { applySaleState } from './apply-sale-state.ts'
import { giveBack } from './give-back.ts'
import { rebuildItem } from './rebuild-item.ts'
import { restockItem } from './restock-item.ts'
import { settleItem } from './settle-item.ts'

const bench = withBench()

const waitMs = 5_000

async function openSale(): Promise<TestSale> {
  const sale = await newSale(bench, { total: 10, purchaseLimit: 2 })
  await rebuildItem(bench.stores, sale.itemId, { waitMs, onlyIfUnsound: true })
  return sale
}

async function end({ itemId }: TestSale): Promise<void> {
  await endSaleOf(bench.testStores.database.url, itemId)
  await bench.stores.redis.hset(ledgerKeys(itemId).ledger, 'closesAt', Date.now() - 1_000)
}

async function endedSale(): Promise<TestSale> {
  const sale = await openSale()
  await end(sale)
  return sale
}

async function settledSale(): Promise<TestSale> {
  const sale = await endedSale()
  expect(await settle(sale)).toBe(true)
  return sale
}

function settle({ itemId }: TestSale, stores = bench.stores): Promise<boolean> {
  return settleItem(stores, itemId, waitMs)
}

async function isSettled({ itemId }: TestSale): Promise<boolean | undefined> {
  return (await readItem(bench.stores.database, itemId))?.isSettled
}

async function persistAndAcknowledge({ itemId }: TestSale): Promise<void> {
  const { redis, database } = bench.stores
  for (const { id, birth, epoch, orders } of await readOutbox(redis, itemId, 10)) {
    const rows = orders.map((order) => ({ ...order, orderId: orderUuid(order.orderId) }))
    await persistOrders(database, itemId, { epoch }, rows)
    await acknowledge(redis, itemId, { birth, epoch }, [id])
  }
}

test('an ended sale whose orders are all in Postgres is settled in both stores, and a sale that is on is not', async () => {
  const sale = await openSale()
  await (await sale.openShop()).place({ buyer: 'ann', key: 'k', quantity: 1 })
  expect(await settle(sale)).toBe(false)
  await end(sale)
  expect(await settle(sale)).toBe(false)
  await persistAndAcknowledge(sale)
  expect(await isSettled(sale)).toBe(false)
  expect(await settle(sale)).toBe(true)
  expect(await isSettled(sale)).toBe(true)
  expect(await readLedger(bench.stores.redis, sale.itemId)).toMatchObject({ state: 'settled', available: 9 })
})

test('an ended sale is not settled while units are returning, and an order that ends later takes it up again', async () => {
  const sale = await openSale()
  const { place } = await sale.openShop()
  const orderIds = [
    await place({ buyer: 'ann', key: 'k', quantity: 1 }),
    await place({ buyer: 'bob', key: 'k', quantity: 1 }),
  ]
  await persistAndAcknowledge(sale)
  await end(sale)
  const { database } = bench.stores
  const cancellation = { from: ['confirmed'], sellAgain: true, detail: {} } as const
  for (const { orderId } of orderIds) {
    await cancelOrders(database, sale.itemId, [orderId!], cancellation)
    expect(await isSettled(sale)).toBe(false)
    expect(await settle(sale)).toBe(false)
    expect(await markSettled(database, sale.itemId, (await takeFence(database, sale.itemId))!)).toBe(false)
    await giveBack(bench.stores, sale.itemId)
    expect(await settle(sale)).toBe(true)
  }
  expect(await readLedger(bench.stores.redis, sale.itemId)).toMatchObject({ state: 'settled', available: 10 })
})

test('a sale that an operator closed early is settled before its end', async () => {
  const sale = await openSale()
  const { database } = bench.stores
  await setSaleState(database, (await readItem(database, sale.itemId))!.saleId, 'closed', Date.now())
  await applySaleState(bench.stores, sale.itemId, waitMs)
  expect(await settle(sale)).toBe(true)
})

test('a sale that is over by the clock of one store alone is not settled', async () => {
  const byRedis = await openSale()
  await bench.stores.redis.hset(ledgerKeys(byRedis.itemId).ledger, 'closesAt', Date.now() - 1_000)
  expect(await settle(byRedis)).toBe(false)
  const byPostgres = await openSale()
  await endSaleOf(bench.testStores.database.url, byPostgres.itemId)
  expect(await settle(byPostgres)).toBe(false)
  expect([await isSettled(byRedis), await isSettled(byPostgres)]).toEqual([false, false])
})

test('of several workers that settle an item at the same time one does, and the others leave it settled', async () => {
  const sale = await endedSale()
  const rowOf = () => bench.stores.database.saleItem.findUniqueOrThrow({ where: { id: sale.itemId } })
  const { fence } = await rowOf()
  const outcomes = await Promise.all([settle(sale), settle(sale), settle(sale)])
  expect(outcomes.filter(Boolean)).toHaveLength(1)
  expect(await rowOf()).toMatchObject({ fence: fence + 1n, settledAt: expect.any(Date) as Date })
})

/** A restock reads the clock first, and may be cut in two then. */
const longBeforeTheEndMs = 0

describe('a settled item is taken up again', () => {
  test.each<[string, (sale: TestSale) => Promise<unknown>]>([
    ['a restock', ({ itemId }) => restockItem(bench.stores, itemId, { key: 'k', units: 5 }, waitMs)],
    [
      'a restock that was cut in two',
      async ({ itemId }) => {
        const fence = await takeFence(bench.stores.database, itemId)
        await bench.stores.database.$executeRaw`UPDATE sale_items SET settled_at = now() WHERE id = ${itemId}`
        await raiseTotal(bench.stores.database, itemId, fence!, 'k', 5, longBeforeTheEndMs)
      },
    ],
    ['a rebuild', ({ itemId }) => rebuildItem(bench.stores, itemId, { waitMs, onlyIfUnsound: false })],
    ['a change of state', ({ itemId }) => applySaleState(bench.stores, itemId, waitMs)],
    [
      'an order that is persisted late',
      async ({ itemId }) => {
        const { uuid } = deriveOrderId(itemId, 'late', 'k')
        const order = { orderId: uuid, buyer: 'late', quantity: 1, acceptedAtMs: 1 }
        expect(await persistOrders(bench.stores.database, itemId, { epoch: 1 }, [order])).toEqual(['confirmed'])
      },
    ],
  ])('by %s', async (_, change) => {
    const sale = await settledSale()
    await change(sale)
    expect(await isSettled(sale)).toBe(false)
  })

  test('but not by an order that is persisted again', async () => {
    const sale = await openSale()
    await (await sale.openShop()).place({ buyer: 'ann', key: 'k', quantity: 1 })
    const [entry] = await readOutbox(bench.stores.redis, sale.itemId, 1)
    const rows = entry!.orders.map((order) => ({ ...order, orderId: orderUuid(order.orderId) }))
    await persistAndAcknowledge(sale)
    await end(sale)
    await settle(sale)
    expect(await persistOrders(bench.stores.database, sale.itemId, { epoch: 1 }, rows)).toEqual(['confirmed'])
    expect(await isSettled(sale)).toBe(true)
  })
})

test('a settlement paused at any step, past its lease, is not noted once another took the item up and an order was adopted', async () => {
  for (let step = 1, stepCount = 1; step <= stepCount; step += 1) {
    const sale = await endedSale()
    const { itemId } = sale
    const settler = pauseBefore(step, bench.stores)
    const settled = settle(sale, settler.stores).catch(() => false)
    await Promise.race([settler.paused, settled])
    // The lease ran out.
    await bench.stores.redis.del(ledgerKeys(itemId).lock)
    await applySaleState(bench.stores, itemId, waitMs)
    const order = { ...deriveOrderId(itemId, 'late', 'k'), buyer: 'late', quantity: 1, acceptedAtMs: 1 }
    const { birth, epoch } = (await readItem(bench.stores.database, itemId))!
    const claim = { owner: '', birth, epoch, sequence: 0 }
    await adopt(bench.stores.redis, itemId, claim, [{ ...order, orderId: order.short }])
    settler.resume()
    await settled
    const waitingCount = await bench.stores.redis.xlen(ledgerKeys(itemId).outbox)
    expect({ step, waitingCount, settled: await isSettled(sale) }).toEqual({ step, waitingCount: 1, settled: false })
    if (step === 1) stepCount = 8
    else if (settler.askedCount() < step) break
  }
})
