import { setImmediate as nextTurn } from 'node:timers/promises'
import { persistOrders } from '@flash-sale/database/persist-orders'
import { ledgerKeys } from '@flash-sale/stock/ledger-keys'
import { orderUuid } from '@flash-sale/stock/order-id'
import { readOutbox } from '@flash-sale/stock/outbox'
import { storm } from '@flash-sale/kit/place-order'
import { newSale, withBench, type TestSale } from '@flash-sale/testing/test-sale'
import { describe, expect, test } from 'vitest'
import { auditItem, auditOnce, type Audit } from './audit-item.ts'
import { rebuildItem } from './rebuild-item.ts'

const bench = withBench()

const waitMs = 5_000

/** Ten units: three sold and persisted, two sold and waiting. */
async function openSale(): Promise<TestSale> {
  const sale = await newSale(bench, { total: 10, purchaseLimit: 2 })
  const { place } = await sale.openShop()
  await rebuildItem(bench.stores, sale.itemId, { waitMs, onlyIfUnsound: true })
  await storm([place], 3, { prefix: 'early' })
  await rebuildItem(bench.stores, sale.itemId, { waitMs, onlyIfUnsound: false })
  // One after the other, so that each has an outbox entry of its own.
  for (const prefix of ['late', 'later']) await storm([place], 1, { prefix })
  return sale
}

async function audit({ itemId }: TestSale): Promise<Audit> {
  const result = await auditItem(bench.stores, itemId, waitMs)
  if (typeof result === 'string') throw new Error(result)
  return result
}

test('every unit is available, on its way, or sold', async () => {
  const sale = await openSale()
  expect(await audit(sale)).toEqual({
    itemId: sale.itemId,
    epoch: 2,
    total: 10,
    available: 5,
    outboxUnits: 2,
    activeUnits: 3,
    returningUnits: 0,
    rows: 3,
    oversold: 0,
    undersold: 0,
    duplicates: 0,
    limitBreaches: 0,
    counterDrift: 0,
    balanced: true,
  })
})

test('an order that is persisted and still in the outbox is counted once', async () => {
  const sale = await openSale()
  const [entry] = await readOutbox(bench.stores.redis, sale.itemId, 10)
  const orders = entry!.orders.map((order) => ({ ...order, orderId: orderUuid(order.orderId) }))
  await persistOrders(bench.stores.database, sale.itemId, { epoch: 2 }, orders)
  expect(await audit(sale)).toMatchObject({ available: 5, outboxUnits: 1, activeUnits: 4, balanced: true })
})

test('in the middle of a storm the numbers of both stores are of one instant', async () => {
  const sale = await newSale(bench, { total: 2_000, purchaseLimit: 1 })
  await rebuildItem(bench.stores, sale.itemId, { waitMs, onlyIfUnsound: true })
  const shops = [await sale.openShop(), await sale.openShop()].map((shop) => shop.place)
  const selling = (async () => {
    for (let i = 0; i < 30; i += 1) await storm(shops, 50, { prefix: `crowd-${i}`, pauseMs: 10 })
  })()
  const isOver = () => Promise.race([selling.then(() => true), nextTurn(false)])
  do expect(await audit(sale)).toMatchObject({ oversold: 0, undersold: 0, balanced: true })
  while (!(await isOver()))
  expect(await audit(sale)).toMatchObject({ available: 500, outboxUnits: 1_500, balanced: true })
})

describe('an audit finds', () => {
  test('units that are offered though they are sold', async () => {
    const sale = await openSale()
    await bench.stores.redis.hincrby(ledgerKeys(sale.itemId).ledger, 'available', 2)
    expect(await audit(sale)).toMatchObject({ oversold: 2, undersold: 0, balanced: false })
  })

  test('units that nobody can buy', async () => {
    const sale = await openSale()
    await bench.stores.redis.hincrby(ledgerKeys(sale.itemId).ledger, 'available', -2)
    expect(await audit(sale)).toMatchObject({ oversold: 0, undersold: 2, balanced: false })
  })

  test('an accepted order that vanished from the outbox', async () => {
    const sale = await openSale()
    await bench.stores.redis.del(ledgerKeys(sale.itemId).outbox)
    expect(await audit(sale)).toMatchObject({ undersold: 2, outboxUnits: 0, balanced: false })
  })

  test('an order that was never accepted, whether or not it holds units', async () => {
    const sale = await openSale()
    const forge = (status: string) => bench.stores.database.$executeRaw`
      INSERT INTO orders (id, item_id, buyer, quantity, status, accepted_at)
      VALUES (gen_random_uuid(), ${sale.itemId}, 'early-0', 1, ${status}::order_status, now())`
    await forge('cancelled')
    expect(await audit(sale)).toMatchObject({ rows: 4, activeUnits: 3, duplicates: 1, balanced: false })
    await forge('confirmed')
    expect(await audit(sale)).toMatchObject({ rows: 5, activeUnits: 4, duplicates: 2, balanced: false })
    // What the service turned down itself takes nothing, and a ledger that was made anew may not remember it.
    await forge('rejected')
    expect(await audit(sale)).toMatchObject({ rows: 6, duplicates: 2 })
  })

  test('an order that waits in the outbox and was never accepted', async () => {
    const sale = await openSale()
    const columns = JSON.stringify([['AAAAAQAAgACAAAAAAAAAAA'], ['ann'], [1]])
    const { outbox } = ledgerKeys(sale.itemId)
    await bench.stores.redis.xadd(outbox, '*', 'epoch', '2', 'at', '1', 'letters', 'A', 'orders', columns)
    expect(await audit(sale)).toMatchObject({ outboxUnits: 3, duplicates: 1, balanced: false })
  })

  test('a buyer beyond the limit, and counters that left their rows', async () => {
    const sale = await openSale()
    await bench.stores.database.$executeRaw`
      INSERT INTO orders (id, item_id, buyer, quantity, status, accepted_at)
      VALUES (gen_random_uuid(), ${sale.itemId}, 'early-0', 2, 'confirmed', now())`
    expect(await audit(sale)).toMatchObject({ limitBreaches: 1, counterDrift: 4, oversold: 2, balanced: false })
  })
})

test('a ledger that cannot be believed has no audit', async () => {
  const sale = await openSale()
  await bench.stores.redis.del(ledgerKeys(sale.itemId).ledger)
  expect(await auditItem(bench.stores, sale.itemId, waitMs)).toBe('NOT_LOADED')
  expect(await auditItem(bench.stores, 999_999, waitMs)).toBe('ITEM_NOT_FOUND')
})

test('a restock that has reached only Postgres so far is no fault of the stock, until nobody is at work on it', async () => {
  const sale = await openSale()
  const { itemId } = sale
  await bench.stores.database.saleItem.update({ where: { id: itemId }, data: { total: 15 } })
  expect(await auditOnce(bench.stores, itemId)).toBe('CHANGED_MEANWHILE')
  expect(await audit(sale)).toMatchObject({ total: 15, undersold: 5, balanced: false })
})
