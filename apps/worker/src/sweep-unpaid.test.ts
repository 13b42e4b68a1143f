import { cancelOrders } from '@flash-sale/database/end-orders'
import { ledgerKeys } from '@flash-sale/stock/ledger-keys'
import { readLedger } from '@flash-sale/stock/read-ledger'
import { storm, type PlaceOrder } from '@flash-sale/kit/place-order'
import { eventually } from '@flash-sale/testing/eventually'
import { openStores, silentLogger, type OpenStores } from '@flash-sale/testing/open-stores'
import { newSale, withBench, type TestSale } from '@flash-sale/testing/test-sale'
import { rebuildItem } from '@flash-sale/upkeep/rebuild-item'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { drainItem } from './drain-item.ts'
import { createUnpaidSweep } from './sweep-unpaid.ts'

const bench = withBench()

const { signal } = new AbortController()

async function openSale(total: number): Promise<TestSale & { place: PlaceOrder }> {
  const sale = await newSale(bench, { total, purchaseLimit: 1, payWithinSeconds: 600 })
  const options = { waitMs: 5_000, onlyIfUnsound: true }
  await eventually(() => rebuildItem(bench.stores, sale.itemId, options), { what: 'the ledger' })
  return { ...sale, place: (await sale.openShop()).place }
}

async function drain({ itemId }: TestSale, stores: OpenStores = bench.stores): Promise<void> {
  await drainItem({ ...stores, logger: silentLogger, signal }, itemId)
}

/** The time to pay is over for every order of the item. */
async function makeAllDue({ itemId }: TestSale): Promise<void> {
  await bench.stores.database.order.updateMany({ where: { itemId }, data: { dueAt: new Date(0) } })
}

async function look(stores: OpenStores = bench.stores): Promise<number> {
  const sweep = createUnpaidSweep({ stores, logger: silentLogger, signal })
  await sweep.look()
  await sweep.settled()
  return sweep.mendedCount
}

async function countOf({ itemId }: TestSale, status: 'confirmed' | 'expired' | 'cancelled'): Promise<number> {
  return bench.stores.database.order.count({ where: { itemId, status } })
}

test('orders that are not paid in time expire, and their units are sold again', async () => {
  const sale = await openSale(4)
  await storm([sale.place], 4, { prefix: 'early' })
  await drain(sale)
  expect(await look()).toBe(0)
  await makeAllDue(sale)
  expect(await look()).toBe(1)
  expect(await readLedger(bench.stores.redis, sale.itemId)).toMatchObject({ available: 4 })
  expect((await storm([sale.place], 4, { prefix: 'late' })).map(({ outcome }) => outcome)).not.toContain('SOLD_OUT')
  await drain(sale)
  expect(await countOf(sale, 'expired')).toBe(4)
  expect(await countOf(sale, 'confirmed')).toBe(4)
  expect(await sale.violations()).toEqual([])
  expect(await look()).toBe(0)
})

test('units that a process left returning come back by the sweep', async () => {
  const sale = await openSale(4)
  const { orderId } = await sale.place({ buyer: 'ann', key: 'k', quantity: 1 })
  await drain(sale)
  const cancellation = { from: ['confirmed'], sellAgain: true, detail: {} } as const
  await cancelOrders(bench.stores.database, sale.itemId, [orderId!], cancellation)
  const where = { orderId: orderId! }
  await bench.stores.database.returningOrder.update({ where, data: { endedAt: new Date(Date.now() - 5_000) } })
  expect(await look()).toBe(1)
  expect(await sale.violations()).toEqual([])
})

test('an item that is held does not delay the others, and has its turn later', async () => {
  const [held, free] = [await openSale(2), await openSale(2)]
  for (const sale of [held, free]) {
    await storm([sale.place], 2)
    await drain(sale)
    await makeAllDue(sale)
  }
  const { lock } = ledgerKeys(held.itemId)
  await bench.stores.redis.set(lock, 'another', 'PX', 60_000)
  await look()
  expect(await free.violations()).toEqual([])
  expect(await countOf(held, 'expired')).toBe(2)
  expect((await held.violations()).map(({ fault }) => fault)).toContain('NOT_GIVEN_BACK')
  await bench.stores.redis.del(lock)
  const where = { itemId: held.itemId }
  await bench.stores.database.returningOrder.updateMany({ where, data: { endedAt: new Date(0) } })
  await look()
  expect(await held.violations()).toEqual([])
})

const unpaidCount = Number(process.env['UNPAID_ORDERS'] ?? 1_500)
/** Buyers who ask again at the same time. */
const laneCount = 100

test(`${unpaidCount} unpaid orders expire while two workers sweep, and all units are sold again, none twice`, async () => {
  const sale = await openSale(unpaidCount)
  await storm([sale.place], unpaidCount, { prefix: 'early' })
  await drain(sale)
  const { redis, database } = bench.testStores
  const workers = [1, 2].map(() => openStores({ redisUrl: redis.url, databaseUrl: database.url }))
  onTestFinished(() => Promise.all(workers.map((stores) => stores.close())).then(() => undefined))
  const over = new AbortController()
  await makeAllDue(sale)
  const startedAtMs = performance.now()
  const working = workers.map(async (stores) => {
    while (!over.signal.aborted) {
      await look(stores)
      await drain(sale, stores)
      await sleep(10)
    }
  })
  await buyAll(sale)
  const resoldMs = performance.now() - startedAtMs
  await eventually(async () => expect(await countOf(sale, 'confirmed')).toBe(unpaidCount), {
    what: 'all of them to be stored',
    timeoutMs: 120_000,
  })
  over.abort()
  await Promise.all(working)
  console.log(`${unpaidCount} unpaid orders expired and were sold again within ${Math.round(resoldMs)} ms`)
  expect(await countOf(sale, 'expired')).toBe(unpaidCount)
  expect(await sale.violations()).toEqual([])
}, 300_000)

/** New buyers, who come again while everything is sold out, until each has an order. */
async function buyAll({ place }: { place: PlaceOrder }): Promise<void> {
  let next = 0
  await Promise.all(
    Array.from({ length: laneCount }, async () => {
      while (next < unpaidCount) {
        const buyer = `late-${next}`
        next += 1
        for (let n = 0; (await place({ buyer, key: `${buyer}-${n}`, quantity: 1 })).outcome !== 'ACCEPTED'; n += 1)
          await sleep(5)
      }
    }),
  )
}
