import { setTimeout as sleep } from 'node:timers/promises'
import { cancelOrders } from '@flash-sale/database/end-orders'
import { persistOrders } from '@flash-sale/database/persist-orders'
import { ledgerKeys } from '@flash-sale/stock/ledger-keys'
import { deriveOrderId, orderUuid } from '@flash-sale/stock/order-id'
import { readOutbox } from '@flash-sale/stock/outbox'
import { readLedger } from '@flash-sale/stock/read-ledger'
import { acknowledge } from '@flash-sale/stock/acknowledge'
import { storm } from '@flash-sale/kit/place-order'
import { newSale, withBench, type TestSale } from '@flash-sale/testing/test-sale'
import { describe, expect, test } from 'vitest'
import { giveBack } from './give-back.ts'
import { rebuildItem } from './rebuild-item.ts'
import { finishRestock } from './restock-item.ts'
import type { TurnedDown } from './turned-down.ts'
import { afterFirst, afterFirstPart } from './watch-questions.fixture.ts'

const bench = withBench()

const anyway = { waitMs: 10_000, onlyIfUnsound: false }
const ifUnsound = { waitMs: 10_000, onlyIfUnsound: true }

async function openSale(total = 20, purchaseLimit = 2): Promise<TestSale> {
  const sale = await newSale(bench, { total, purchaseLimit })
  await rebuildItem(bench.stores, sale.itemId, ifUnsound)
  return sale
}

/** Persists what waits in the outbox, as a worker does. */
async function drain({ itemId }: TestSale): Promise<void> {
  const { redis, database } = bench.stores
  for (const { id, birth, epoch, orders } of await readOutbox(redis, itemId, 1_000)) {
    const named = orders.map((order) => ({ ...order, orderId: orderUuid(order.orderId) }))
    await persistOrders(database, itemId, { epoch }, named)
    await acknowledge(redis, itemId, { birth, epoch }, [id])
  }
}

async function loseLedger({ itemId }: TestSale): Promise<void> {
  await bench.stores.redis.del(Object.values(ledgerKeys(itemId)))
}

test('the first ledger of an item is its whole stock, at epoch 1', async () => {
  const { itemId } = await newSale(bench, { total: 7, purchaseLimit: 3 })
  expect(await rebuildItem(bench.stores, itemId, ifUnsound)).toEqual({ kind: 'REBUILT', epoch: 1, available: 7 })
  expect(await readLedger(bench.stores.redis, itemId)).toMatchObject({ state: 'live', epoch: 1, purchaseLimit: 3 })
})

test('an item that does not exist is not made', async () => {
  expect(await rebuildItem(bench.stores, 999_999, ifUnsound)).toEqual({ kind: 'ITEM_NOT_FOUND' })
  expect(await bench.stores.redis.keys('{item:999999}:*')).toEqual(['{item:999999}:fence'])
})

test('a sound ledger is left alone when asked to, and made anew at the next epoch when not', async () => {
  const sale = await openSale()
  expect(await rebuildItem(bench.stores, sale.itemId, ifUnsound)).toEqual({ kind: 'SOUND_ALREADY' })
  expect(await rebuildItem(bench.stores, sale.itemId, anyway)).toEqual({ kind: 'REBUILT', epoch: 2, available: 20 })
})

test('a ledger that went missing comes back from the rows, with the limit of every buyer', async () => {
  const sale = await openSale()
  const shop = await sale.openShop()
  await storm([shop.place], 6, { quantity: 2 })
  await drain(sale)
  await loseLedger(sale)
  expect(await shop.place({ buyer: 'late', key: 'k', quantity: 1 })).toMatchObject({ outcome: 'UNAVAILABLE' })
  expect(await rebuildItem(bench.stores, sale.itemId, ifUnsound)).toEqual({ kind: 'REBUILT', epoch: 2, available: 8 })
  const more = await shop.place({ buyer: 'buyer-0', key: 'another', quantity: 1 })
  expect(more).toMatchObject({ outcome: 'LIMIT_REACHED' })
  const again = await shop.place({ buyer: 'buyer-0', key: 'buyer-key-0', quantity: 2 })
  expect(again).toMatchObject({ outcome: 'ACCEPTED', orderId: sale.history[0]!.orderId })
  expect(await sale.violations()).toEqual([])
})

describe('an accepted order survives a rebuild', () => {
  test('when it waits in the outbox', async () => {
    const sale = await openSale()
    await storm([(await sale.openShop()).place], 6)
    expect(await rebuildItem(bench.stores, sale.itemId, anyway)).toEqual({ kind: 'REBUILT', epoch: 2, available: 14 })
    expect(await sale.violations()).toEqual([])
  })

  test('when only the outbox has it', async () => {
    const sale = await openSale()
    await storm([(await sale.openShop()).place], 6)
    await bench.stores.redis.del(ledgerKeys(sale.itemId).orders)
    expect(await rebuildItem(bench.stores, sale.itemId, anyway)).toEqual({ kind: 'REBUILT', epoch: 2, available: 14 })
    expect(await sale.violations()).toEqual([])
  })

  test('when only the ledger remembers it', async () => {
    const sale = await openSale()
    await storm([(await sale.openShop()).place], 6)
    await bench.stores.redis.del(ledgerKeys(sale.itemId).outbox)
    expect(await rebuildItem(bench.stores, sale.itemId, anyway)).toEqual({ kind: 'REBUILT', epoch: 2, available: 14 })
    expect(await sale.violations()).toEqual([])
  })

  test('when there are more than one chunk or one batch of them', async () => {
    const sale = await openSale(10_000)
    const shop = await sale.openShop()
    for (let i = 0; i < 5; i += 1) await storm([shop.place], 1_000, { prefix: `crowd-${i}` })
    expect(await rebuildItem(bench.stores, sale.itemId, anyway)).toMatchObject({ kind: 'REBUILT', available: 5_000 })
    expect(await sale.violations()).toEqual([])
  })
})

test('an order that was refused on adoption stays refused though Postgres forgot its row', async () => {
  const sale = await openSale()
  const { redis, database } = bench.stores
  const { short, uuid } = deriveOrderId(sale.itemId, 'ann', 'k')
  const { orders } = ledgerKeys(sale.itemId)
  await redis.hset(orders, short, '!1:1700000000000:ann')
  await rebuildItem(bench.stores, sale.itemId, anyway)
  expect(await database.order.findUnique({ where: { id: uuid } })).toMatchObject({ status: 'rejected', buyer: 'ann' })
  expect(await redis.hget(orders, short)).toBe('!1:1700000000000:ann')
})

test('accepted orders that fit no more are told of once, though the rebuild that turned them down fails', async () => {
  const sale = await openSale(2)
  await storm([(await sale.openShop()).place], 2)
  await drain(sale)
  const { redis, database } = bench.stores
  const { orders, lock } = ledgerKeys(sale.itemId)
  const late = ['ann', 'bob'].map((buyer) => ({ buyer, ...deriveOrderId(sale.itemId, buyer, 'k') }))
  for (const { buyer, short } of late) await redis.hset(orders, short, `1:1700000000000:${buyer}`)
  const told: TurnedDown[] = []
  const options = { ...anyway, onTurnedDown: (turnedDown: TurnedDown) => void told.push(turnedDown) }
  const losesItsLease = afterFirst(bench.stores, 'persist_orders(', () => redis.del(lock))
  await expect(rebuildItem(losesItsLease, sale.itemId, options)).rejects.toThrow()
  expect(await rebuildItem(bench.stores, sale.itemId, options)).toMatchObject({ kind: 'REBUILT', available: 0 })
  const orderIds = expect.arrayContaining(late.map(({ uuid }) => uuid)) as string[]
  expect(told).toEqual([{ rejected: 2, conflicts: 0, quarantined: 0, orderIds }])
  expect(await database.order.count({ where: { itemId: sale.itemId, status: 'rejected' } })).toBe(2)
})

test('a refund whose units are not sold again, in the middle of a rebuild, leaves the item on sale', async () => {
  const sale = await openSale(4)
  const shop = await sale.openShop()
  const { orderId } = await shop.place({ buyer: 'ann', key: 'k', quantity: 2 })
  await shop.place({ buyer: 'bob', key: 'k', quantity: 2 })
  await drain(sale)
  const { database, redis } = bench.stores
  const withdrawal = { from: ['confirmed'], sellAgain: false, detail: {} } as const
  const refund = () => cancelOrders(database, sale.itemId, [orderId!], withdrawal)
  const rebuilt = await rebuildItem(afterFirstPart(bench.stores, refund), sale.itemId, anyway)
  expect(rebuilt).toEqual({ kind: 'REBUILT', epoch: 2, available: 0 })
  await giveBack(bench.stores, sale.itemId)
  await finishRestock(bench.stores, sale.itemId, 10_000)
  expect(await readLedger(redis, sale.itemId)).toMatchObject({ state: 'live', total: 2, available: 0 })
  expect(await sale.violations()).toEqual([])
})

test('nobody is told "sold out" by a ledger that is suspended, missing or being rebuilt', async () => {
  const sale = await openSale(1)
  const shop = await sale.openShop()
  await shop.place({ buyer: 'first', key: 'k', quantity: 1 })
  await bench.stores.redis.hset(ledgerKeys(sale.itemId).ledger, 'state', 'rebuilding')
  expect(await shop.place({ buyer: 'second', key: 'k', quantity: 1 })).toMatchObject({ outcome: 'UNAVAILABLE' })
  await rebuildItem(bench.stores, sale.itemId, ifUnsound)
  expect(await shop.place({ buyer: 'third', key: 'k', quantity: 1 })).toMatchObject({ outcome: 'SOLD_OUT' })
  expect(await sale.violations()).toEqual([])
})

test('two rebuilds at once take turns, and the item ends exact', async () => {
  const sale = await openSale()
  await storm([(await sale.openShop()).place], 6)
  const rebuilt = await Promise.all(Array.from({ length: 4 }, () => rebuildItem(bench.stores, sale.itemId, anyway)))
  expect(rebuilt).toEqual([2, 3, 4, 5].map((epoch) => ({ kind: 'REBUILT', epoch, available: 14 })))
  expect(await sale.violations()).toEqual([])
})

test.each(['gate', 'lease'] as const)(
  'rebuilds in the middle of a storm by %s lose nothing and sell exactly',
  async (strategy) => {
    const sale = await openSale(200)
    const shops = [await sale.openShop({ strategy }), await sale.openShop({ strategy })].map((shop) => shop.place)
    const selling = storm(shops, 600, { arriveWithinMs: 500, pauseMs: 20 })
    const isOver = () => Promise.race([selling.then(() => true), sleep(50, false)])
    do await Promise.all([rebuildItem(bench.stores, sale.itemId, anyway), drain(sale)])
    while (!(await isOver()))
    const answers = await selling
    await rebuildItem(bench.stores, sale.itemId, anyway)
    expect(answers.filter(({ outcome }) => outcome === 'ACCEPTED')).toHaveLength(200)
    expect(answers.filter(({ outcome }) => outcome === 'SOLD_OUT')).toHaveLength(400)
    expect(await sale.violations()).toEqual([])
  },
)
