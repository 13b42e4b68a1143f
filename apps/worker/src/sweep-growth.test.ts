import type { Locks } from '@flash-sale/lock/locks'
import { itemLockName, ledgerKeys } from '@flash-sale/stock/ledger-keys'
import { readLedger } from '@flash-sale/stock/read-ledger'
import { countCommands } from '@flash-sale/testing/count-commands'
import { createEndedItems, endSaleOf } from '@flash-sale/testing/end-sales'
import { eventually } from '@flash-sale/testing/eventually'
import { silentLogger } from '@flash-sale/testing/open-stores'
import { pauseBefore } from '@flash-sale/testing/pausable-stores'
import { storm } from '@flash-sale/kit/place-order'
import { newSale, setUpBench, type Bench, type TestSale } from '@flash-sale/testing/test-sale'
import { rebuildItem } from '@flash-sale/upkeep/rebuild-item'
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { drainItem } from './drain-item.ts'
import { sweepOnce } from './sweep-once.fixture.ts'
import { createSweep, type SweepContext } from './sweep.ts'

let bench: Bench
let context: SweepContext

beforeEach(async () => {
  bench = await setUpBench()
  const { signal } = new AbortController()
  const drain = (itemId: number) => drainItem({ ...bench.stores, logger: silentLogger, signal }, itemId)
  context = { stores: bench.stores, logger: silentLogger, signal, drain, outboxAgeMaxMs: 0 }
})

afterEach(() => bench.close())

async function openSale(): Promise<TestSale> {
  const sale = await newSale(bench, { total: 20, purchaseLimit: 2 })
  await rebuildItem(bench.stores, sale.itemId, { waitMs: 5_000, onlyIfUnsound: true })
  return sale
}

async function endSale({ itemId }: TestSale): Promise<void> {
  await endSaleOf(bench.testStores.database.url, itemId)
  await rebuildItem(bench.stores, itemId, { waitMs: 5_000, onlyIfUnsound: false })
}

function settledCount(): Promise<number> {
  return bench.stores.database.saleItem.count({ where: { NOT: { settledAt: null } } })
}

test('ended sales cost a sweep nothing once they are settled', async () => {
  await openSale()
  const commandsOfOne = await countCommands(bench.stores.redis, () => sweepOnce(context))
  await createEndedItems(bench.testStores.database.url, 12)
  // The ledgers are made first, then found to be at rest.
  await sweepOnce(context)
  await sweepOnce(context)
  expect(await settledCount()).toBe(12)
  expect(await countCommands(bench.stores.redis, () => sweepOnce(context))).toBe(commandsOfOne)
})

test('however many items are not settled, one look reads a page of them', async () => {
  await createEndedItems(bench.testStores.database.url, 250)
  const sweep = createSweep({ ...context, signal: AbortSignal.abort() }, 'later')
  const readCommands = await countCommands(bench.stores.redis, () => sweep.look())
  expect(readCommands).toBeLessThan(1_000)
  const looks = [await sweep.look(), await sweep.look(), await sweep.look()]
  expect(looks.map(({ isLast }) => isLast)).toEqual([false, true, false])
})

test('after Redis lost everything the sale that is on is mended though ended ones were in hand before, and stay so', async () => {
  const ended = await createEndedItems(bench.testStores.database.url, 30)
  const sale = await newSale(bench, { total: 20, purchaseLimit: 2 })
  let letGo!: () => void
  const held = new Promise<void>((resolve) => (letGo = resolve))
  let inHandCount = 0
  const using: Locks['using'] = async (...asked) => {
    inHandCount += 1
    await held
    return bench.stores.locks.using(...asked)
  }
  const later = createSweep(
    { ...context, stores: { ...bench.stores, locks: { ...bench.stores.locks, using } } },
    'later',
  )
  const looking = later.look()
  await eventually(() => inHandCount === 3, { what: 'as many ended items in hand as may be' })
  const current = createSweep(context, 'current')
  const mended = current.look().then(() => current.settled())
  await eventually(
    async () => expect(await readLedger(bench.stores.redis, sale.itemId)).toMatchObject({ available: 20 }),
    { what: 'the sale that is on to be mended' },
  )
  expect(later.mendedCount).toBe(0)
  letGo()
  await Promise.all([mended, looking])
  await later.settled()
  expect(later.mendedCount).toBe(ended.length)
})

test('however many large items are being mended, a small one that is lost later does not wait for them', async () => {
  const { database, locks } = bench.stores
  const large = await Promise.all(Array.from({ length: 12 }, () => newSale(bench, { total: 50_000, purchaseLimit: 1 })))
  await database.$executeRaw`UPDATE sale_items SET persisted = 50000`
  const largeNames = new Set(large.map(({ itemId }) => `item:${itemId}`))
  let letGo!: () => void
  const held = new Promise<void>((resolve) => (letGo = resolve))
  const using: Locks['using'] = async (name, options, work) => {
    if (largeNames.has(name)) await held
    return locks.using(name, options, work)
  }
  const sweep = createSweep({ ...context, stores: { ...bench.stores, locks: { ...locks, using } } }, 'current')
  await sweep.look()
  const small = await newSale(bench, { total: 3, purchaseLimit: 1 })
  await sweep.look()
  await eventually(async () => (await readLedger(bench.stores.redis, small.itemId)) !== 'NOT_LOADED', {
    what: 'the small item to be made while the large ones are not',
  })
  letGo()
  await sweep.settled()
})

test('of the items that are amiss those on sale are mended first, then those that open soon, then those just over', async () => {
  const { database } = bench.stores
  const url = bench.testStores.database.url
  const sales = await Promise.all(Array.from({ length: 30 }, () => newSale(bench, { total: 1, purchaseLimit: 1 })))
  const ids = sales.map(({ itemId }) => itemId).toSorted((a, b) => a - b)
  const [over, soon, open] = [ids.slice(0, 10), ids.slice(10, 20), ids.slice(20)]
  for (const itemId of over) await endSaleOf(url, itemId)
  await database.$executeRaw`
    UPDATE sales SET opens_at = now() + interval '30 seconds'
    WHERE id IN (SELECT sale_id FROM sale_items WHERE id = ANY(${soon}::int[]))`
  // In the order in which they are taken in hand: which of those in hand is done first depends on the machine.
  const taken = vi.spyOn(bench.stores.locks, 'using')
  await sweepOnce(context)
  const stageOf = (name: string) =>
    [open, soon, over].findIndex((stage) => stage.some((id) => itemLockName(id) === name))
  const names = [...new Set(taken.mock.calls.map(([name]) => name))]
  expect(names.map(stageOf)).toEqual([0, 1, 2].flatMap((stage) => Array.from({ length: 10 }, () => stage)))
  expect(await database.auditEvent.count({ where: { action: 'rebuild' } })).toBe(30)
})

/** Takes all items in hand. Resolves with their ids, in the order in which each was taken. */
async function takenInHand(): Promise<number[]> {
  const taken = vi.spyOn(bench.stores.locks, 'using')
  await sweepOnce(context)
  return [...new Set(taken.mock.calls.map(([name]) => Number(name.split(':')[1])))]
}

test('of open items that are amiss small ones that sold something are mended first, and sold out ones last', async () => {
  const { database } = bench.stores
  const sales = await Promise.all(Array.from({ length: 30 }, () => newSale(bench, { total: 500, purchaseLimit: 1 })))
  const ids = sales.map(({ itemId }) => itemId).toSorted((a, b) => a - b)
  const [soldOut, unsold, sold] = [ids.slice(0, 10), ids.slice(10, 20), ids.slice(20)]
  await database.$executeRaw`UPDATE sale_items SET persisted = 500 WHERE id = ANY(${soldOut}::int[])`
  await database.$executeRaw`UPDATE sale_items SET persisted = id % 400 + 1 WHERE id = ANY(${sold}::int[])`
  const groupOf = (itemId: number) => [sold, unsold, soldOut].findIndex((group) => group.includes(itemId))
  expect((await takenInHand()).map(groupOf)).toEqual([0, 1, 2].flatMap((group) => Array(10).fill(group)))
})

/** Adds 600 items to the item's sale: all current items are two pages. Resolves with the id of the last one. */
async function addManyItems(itemId: number): Promise<number> {
  const { database } = bench.stores
  await database.$executeRaw`
    INSERT INTO sale_items (sale_id, sku, name, price_cents, total, purchase_limit)
    SELECT sale_id, 'MANY-' || n, 'One of many', 100, 10, 1 FROM sale_items, generate_series(1, 600) n WHERE id = ${itemId}`
  return (await database.saleItem.findFirstOrThrow({ orderBy: { id: 'desc' } })).id
}

/** A sweep that ends with the first item that it takes in hand. */
function sweepForTheFirst(onLooked?: SweepContext['onLooked']) {
  const taken: number[] = []
  const stop = new AbortController()
  onTestFinished(() => stop.abort())
  vi.spyOn(bench.stores.locks, 'using').mockImplementation(async (name) => {
    taken.push(Number(name.split(':')[1]))
    stop.abort()
    throw new Error('only the order counts')
  })
  return { taken, sweep: createSweep({ ...context, signal: stop.signal, ...(onLooked && { onLooked }) }, 'current') }
}

test('an item with buyers is mended before hundreds that are listed before it', async () => {
  const { itemId } = await newSale(bench, { total: 500, purchaseLimit: 1 })
  const lastId = await addManyItems(itemId)
  await bench.stores.database.saleItem.update({ where: { id: lastId }, data: { persisted: 7 } })
  const { taken, sweep } = sweepForTheFirst()
  await sweep.look()
  await eventually(() => taken.length > 0, { what: 'an item to be taken in hand' })
  expect(taken[0]).toBe(lastId)
})

test('what a look found before it failed is found again by the next one', async () => {
  const { itemId } = await newSale(bench, { total: 500, purchaseLimit: 1 })
  const lastId = await addManyItems(itemId)
  await bench.stores.database.saleItem.update({ where: { id: itemId }, data: { persisted: 7 } })
  let failuresLeft = 1
  const { taken, sweep } = sweepForTheFirst((lookedAt) => {
    if (lookedAt.itemId === lastId && failuresLeft-- > 0) throw new Error('Redis is away')
  })
  await expect(sweep.look()).rejects.toThrow('Redis is away')
  await sweep.look()
  await eventually(() => taken.length > 0, { what: 'an item to be taken in hand' })
  expect(taken[0]).toBe(itemId)
})

test('an order that only a stopped worker still knew is adopted by a settled item, which is settled anew once it is a row', async () => {
  const sale = await openSale()
  await storm([(await sale.openShop()).place], 4)
  const worker = pauseBefore(2, bench.stores)
  const stop = new AbortController()
  onTestFinished(() => stop.abort())
  const drained = drainItem({ ...worker.stores, logger: silentLogger, signal: stop.signal }, sale.itemId)
  await worker.paused
  await bench.stores.redis.del(Object.values(ledgerKeys(sale.itemId)))
  await endSale(sale)
  await sweepOnce(context)
  expect(await settledCount()).toBe(1)
  worker.resume()
  await eventually(async () => expect(await settledCount()).toBe(0), { what: 'the item to be taken up again' })
  await drained
  expect(await settledCount()).toBe(0)
  await sweepOnce(context)
  expect(await settledCount()).toBe(1)
  expect(await sale.violations()).toEqual([])
  expect(await bench.stores.database.order.count({ where: { itemId: sale.itemId } })).toBe(4)
})

test('a sale that was settled by a clock that ran ahead sells again when the clock is right', async () => {
  const sale = await openSale()
  await bench.stores.redis.hset(ledgerKeys(sale.itemId).ledger, { state: 'closed', settled: '1' })
  await bench.stores.database.$executeRaw`UPDATE sale_items SET settled_at = now()`
  const { place } = await sale.openShop()
  expect(await place({ buyer: 'ann', key: 'k', quantity: 1 })).toMatchObject({ outcome: 'SALE_CLOSED' })
  await sweepOnce(context)
  expect(await place({ buyer: 'ann', key: 'k', quantity: 1 })).toMatchObject({ outcome: 'ACCEPTED' })
})

test('an ended sale is not settled while an order of it waits, and is once it is a row', async () => {
  const sale = await openSale()
  await storm([(await sale.openShop()).place], 4)
  await endSaleOf(bench.testStores.database.url, sale.itemId)
  await bench.stores.redis.hset(ledgerKeys(sale.itemId).ledger, 'closesAt', Date.now() - 1_000)
  await sweepOnce({ ...context, outboxAgeMaxMs: 60_000 })
  expect(await settledCount()).toBe(0)
  await eventually(
    async () => {
      await sweepOnce(context)
      return (await settledCount()) === 1
    },
    { what: 'the item to be settled' },
  )
  expect(await sale.violations()).toEqual([])
})
