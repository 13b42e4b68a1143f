import { setSaleState } from '@flash-sale/database/sales'
import { raiseTotal } from '@flash-sale/database/restock-item'
import { readItem, takeFence, type ItemRow } from '@flash-sale/database/items'
import { ledgerKeys } from '@flash-sale/stock/ledger-keys'
import { noteOffered, readAnnouncements } from '@flash-sale/stock/offers-first'
import { readLedger, type LedgerView } from '@flash-sale/stock/read-ledger'
import { silentLogger } from '@flash-sale/testing/open-stores'
import { storm } from '@flash-sale/kit/place-order'
import { newSale, withBench, type TestSale } from '@flash-sale/testing/test-sale'
import { beginInOwnRedis } from '@flash-sale/upkeep/begin-rebuild'
import { holdItem } from '@flash-sale/upkeep/hold-item'
import { loadRows } from '@flash-sale/upkeep/load-rows'
import { rebuildItem } from '@flash-sale/upkeep/rebuild-item'
import { describe, expect, test, vi } from 'vitest'
import { drainItem } from './drain-item.ts'
import { findAmiss } from './find-amiss.ts'
import { sweepOnce } from './sweep-once.fixture.ts'

const bench = withBench()

const { signal } = new AbortController()

/** Sweeps, and persists what is older than nothing at all. */
async function sweep(outboxAgeMaxMs = 0, liveApis: readonly string[] = []): Promise<void> {
  const { redis, database, locks } = bench.stores
  const drains: Promise<void>[] = []
  const drain = (itemId: number) => {
    const drained = drainItem({ redis, database, locks, logger: silentLogger, signal }, itemId)
    drains.push(drained)
    return drained
  }
  const context = { stores: bench.stores, logger: silentLogger, signal, drain, outboxAgeMaxMs }
  await sweepOnce({ ...context, liveApis: () => liveApis })
  await Promise.all(drains)
}

async function openSale(total = 10): Promise<TestSale> {
  const sale = await newSale(bench, { total, purchaseLimit: 2 })
  await rebuildItem(bench.stores, sale.itemId, { waitMs: 5_000, onlyIfUnsound: true })
  return sale
}

function ledgerOf({ itemId }: TestSale): Promise<LedgerView | 'NOT_LOADED'> {
  return readLedger(bench.stores.redis, itemId)
}

async function setState(sale: TestSale, state: 'live' | 'paused' | 'closed'): Promise<void> {
  const { database } = bench.stores
  const { saleId } = await database.saleItem.findUniqueOrThrow({ where: { id: sale.itemId } })
  await setSaleState(database, saleId, state, Date.now())
}

test('the ledger of an item that never had one is made', async () => {
  const sale = await newSale(bench, { total: 10, purchaseLimit: 2 })
  await sweep()
  expect(await ledgerOf(sale)).toMatchObject({ epoch: 1, available: 10 })
})

test('a ledger that went missing is rebuilt, the repair is on record, and it sells on exactly', async () => {
  const sale = await openSale()
  const { place } = await sale.openShop()
  await storm([place], 4)
  await sweep()
  await bench.stores.redis.del(Object.values(ledgerKeys(sale.itemId)))
  expect(await place({ buyer: 'x', key: 'k', quantity: 1 })).toMatchObject({ outcome: 'UNAVAILABLE' })
  await sweep()
  await storm([place], 10, { prefix: 'late' })
  await sweep()
  expect(await sale.violations()).toEqual([])
  const where = { itemId: sale.itemId, action: 'rebuild', actor: 'worker' }
  expect(await bench.stores.database.auditEvent.count({ where })).toBe(1)
})

test('a ledger that may lack writes waits for the API processes that are alive, a new one for nobody', async () => {
  const { redis } = bench.stores
  const sale = await newSale(bench, { total: 10, purchaseLimit: 2 })
  const { ledger, outbox } = ledgerKeys(sale.itemId)
  const awaited = () => redis.hget(ledger, 'awaited')
  await sweep(0, ['one:1', 'other:2'])
  expect(await awaited()).toBeNull()
  await redis.del(ledger)
  await sweep(0, ['one:1', 'other:2'])
  expect(await awaited()).toBe(' one:1 other:2 ')
  // An order of which both stores lost all but its units.
  await redis.hset(ledger, 'available', 9)
  await redis.del(outbox)
  await sweep(0, ['one:1'])
  expect(await awaited()).toBe(' one:1 ')
  const { ledgers } = await readAnnouncements(redis, '0')
  expect(ledgers.filter(({ itemId }) => itemId === sale.itemId).map(({ epoch }) => epoch)).toEqual([1, 2, 3])
})
async function loseLedger(): Promise<TestSale> {
  const sale = await openSale()
  await storm([(await sale.openShop()).place], 4)
  await bench.stores.redis.del(Object.values(ledgerKeys(sale.itemId)))
  await sweep(0, ['one:1', 'other:2'])
  return sale
}

async function offersEnd({ itemId }: TestSale): Promise<void> {
  await bench.stores.redis.hset(ledgerKeys(itemId).ledger, 'offersUntil', '1')
}

/** A rebuild whose process is killed when all rows are loaded. */
async function rebuildHalfWay({ itemId }: TestSale): Promise<void> {
  await holdItem(bench.stores, itemId, 'rebuild', 5_000, async (held) => {
    const begun = await beginInOwnRedis(bench.stores, held)
    if (typeof begun === 'string') throw new Error(begun)
    await loadRows(bench.stores, held, begun.rebuild, { fewRows: undefined, ordersPerPart: 100 })
  })
}

function losses({ itemId }: TestSale) {
  return bench.stores.database.auditEvent.findMany({ where: { itemId, action: 'loss' } })
}

describe('when Redis lost a ledger and orders that no worker had persisted', () => {
  test('a process that did not come to offer its orders is told, with a bound, once', async () => {
    const sale = await loseLedger()
    const { birth } = (await readItem(bench.stores.database, sale.itemId))!
    await noteOffered(bench.stores.redis, { itemId: sale.itemId, birth, epoch: 2 }, 'one:1')
    await sweep(0, ['other:2'])
    expect(await losses(sale)).toEqual([])
    await offersEnd(sale)
    for (let i = 0; i < 3; i += 1) await sweep(0, ['other:2'])
    expect(await losses(sale)).toMatchObject([{ actor: 'worker', detail: { unitsMax: 10, missed: 'other:2' } }])
  })

  test('it is told also when the first rebuild ended half-way', async () => {
    const sale = await openSale()
    await storm([(await sale.openShop()).place], 4)
    await bench.stores.redis.del(Object.values(ledgerKeys(sale.itemId)))
    await rebuildHalfWay(sale)
    await sweep(0, ['one:1'])
    await offersEnd(sale)
    await sweep()
    expect(await losses(sale)).toMatchObject([{ detail: { unitsMax: 10, missed: 'one:1' } }])
  })

  test('it is told also when the ledger is rebuilt again before that', async () => {
    const sale = await loseLedger()
    const again = { waitMs: 5_000, onlyIfUnsound: false, liveApis: ['other:2', 'third:3'] }
    await rebuildItem(bench.stores, sale.itemId, again)
    await offersEnd(sale)
    await rebuildItem(bench.stores, sale.itemId, { ...again, liveApis: [] })
    await sweep()
    expect(await losses(sale)).toMatchObject([{ detail: { unitsMax: 10, missed: 'one:1 other:2' } }])
  })

  test('the books of an ended sale are closed after it is told, not before', async () => {
    const sale = await loseLedger()
    await setState(sale, 'closed')
    const isSettled = async () => (await readItem(bench.stores.database, sale.itemId))!.isSettled
    for (let i = 0; i < 3; i += 1) await sweep()
    expect(await isSettled()).toBe(false)
    await offersEnd(sale)
    for (let i = 0; i < 3; i += 1) await sweep()
    expect(await losses(sale)).toHaveLength(1)
    expect(await isSettled()).toBe(true)
  })

  test('it is told again when the trail could not be written', async () => {
    const sale = await loseLedger()
    await offersEnd(sale)
    const fails = vi.spyOn(bench.stores.database.auditEvent, 'create').mockRejectedValueOnce(new Error('away'))
    await sweep()
    expect(await losses(sale)).toEqual([])
    fails.mockRestore()
    await sweep()
    expect(await losses(sale)).toHaveLength(1)
  })

  test('nothing is told when all came', async () => {
    const sale = await loseLedger()
    const { birth } = (await readItem(bench.stores.database, sale.itemId))!
    const ledger = { itemId: sale.itemId, birth, epoch: 2 }
    for (const name of ['one:1', 'other:2']) await noteOffered(bench.stores.redis, ledger, name)
    await sweep()
    expect(await losses(sale)).toEqual([])
  })

  test('an old copy of its orders is known by the rows that it lacks, whoever loaded them', async () => {
    const sale = await openSale()
    const { place } = await sale.openShop()
    await storm([place], 2, { prefix: 'before' })
    const { ledger, orders, outbox } = ledgerKeys(sale.itemId)
    const copy = await bench.stores.redis.dumpBuffer(orders)
    await storm([place], 2, { prefix: 'after' })
    await sweep()
    await bench.stores.redis.restore(orders, 0, copy, 'REPLACE')
    await bench.stores.redis.hset(ledger, 'stamp', 'f'.repeat(40))
    await bench.stores.redis.del(outbox)
    await rebuildHalfWay(sale)
    await sweep(0, ['one:1'])
    await offersEnd(sale)
    await sweep()
    expect(await losses(sale)).toMatchObject([{ detail: { unitsMax: 6, missed: 'one:1' } }])
  })

  test('a Redis that came back with all its data has lost nothing, whoever is gone', async () => {
    const sale = await openSale()
    await storm([(await sale.openShop()).place], 4)
    await bench.stores.redis.hset(ledgerKeys(sale.itemId).ledger, 'stamp', 'f'.repeat(40))
    await sweep(0, ['one:1'])
    expect(await ledgerOf(sale)).toMatchObject({ epoch: 2, takesOffersOnly: true })
    await offersEnd(sale)
    await sweep()
    expect(await losses(sale)).toEqual([])
  })
})

test.each(['orders', 'buyers'] as const)(
  'a ledger whose key %s is missing is not believed, rebuilt, and then answers as before',
  async (missing) => {
    const sale = await openSale()
    const { place } = await sale.openShop()
    const [first] = await storm([place], 1, { prefix: 'greedy', quantity: 2 })
    await sweep()
    await bench.stores.redis.del(ledgerKeys(sale.itemId)[missing])
    expect(await place({ buyer: 'greedy-0', key: 'greedy-key-0', quantity: 2 })).toMatchObject({
      outcome: 'UNAVAILABLE',
    })
    expect(await place({ buyer: 'greedy-0', key: 'more', quantity: 1 })).toMatchObject({ outcome: 'UNAVAILABLE' })
    await sweep()
    const again = await place({ buyer: 'greedy-0', key: 'greedy-key-0', quantity: 2 })
    expect(again).toMatchObject({ outcome: 'ACCEPTED', orderId: first!.orderId })
    expect(await place({ buyer: 'greedy-0', key: 'more', quantity: 1 })).toMatchObject({ outcome: 'LIMIT_REACHED' })
    expect(await sale.violations()).toEqual([])
  },
)

test('a hundred ledgers missing at once are all rebuilt', async () => {
  const sales = await Promise.all(Array.from({ length: 100 }, () => newSale(bench, { total: 3, purchaseLimit: 1 })))
  await sweep()
  const ledgers = await Promise.all(sales.map(ledgerOf))
  expect(ledgers.filter((ledger) => ledger !== 'NOT_LOADED' && ledger.available === 3)).toHaveLength(100)
})

test('an outbox entry that nobody rang for is persisted once it is old', async () => {
  const sale = await openSale()
  await storm([(await sale.openShop()).place], 4)
  await sweep(60_000)
  expect(await ledgerOf(sale)).toMatchObject({ oldestEntryId: expect.any(String) as string })
  await sweep()
  expect(await sale.violations()).toEqual([])
})

test('a restock that was cut in two is finished', async () => {
  const sale = await openSale()
  await storm([(await sale.openShop()).place], 4)
  const { database } = bench.stores
  const fence = (await takeFence(database, sale.itemId))!
  await raiseTotal(database, sale.itemId, fence, 'restock-1', 5, Date.now())
  expect(await ledgerOf(sale)).toMatchObject({ total: 10, available: 6 })
  await sweep()
  expect(await ledgerOf(sale)).toMatchObject({ epoch: 1, total: 15, available: 11 })
  await sweep()
  expect(await sale.violations()).toEqual([])
})

test('a total that somebody lowered in Postgres below what waits in the outbox is brought about, and what is too much is rejected', async () => {
  const sale = await openSale()
  await storm([(await sale.openShop()).place], 8)
  await bench.stores.database.saleItem.update({ where: { id: sale.itemId }, data: { total: 5 } })
  for (let i = 0; i < 3; i += 1) await sweep()
  expect(await ledgerOf(sale)).toMatchObject({ total: 5, available: 0, outboxLength: 0 })
  const rejected = { itemId: sale.itemId, status: 'rejected' } as const
  expect(await bench.stores.database.order.count({ where: rejected })).toBe(3)
})

test('a pause that reached only Postgres is finished, and so is what was resumed', async () => {
  const sale = await openSale()
  const { place } = await sale.openShop()
  await setState(sale, 'paused')
  await sweep()
  expect(await place({ buyer: 'x', key: 'k', quantity: 1 })).toMatchObject({ outcome: 'SALE_PAUSED' })
  await setState(sale, 'live')
  await sweep()
  expect(await place({ buyer: 'x', key: 'k', quantity: 1 })).toMatchObject({ outcome: 'ACCEPTED' })
})

describe('a ledger whose units differ from the rows, at rest, is rebuilt', () => {
  test.each([
    ['too many', 3],
    ['too few', -3],
  ])('when it offers %s', async (_, difference) => {
    const sale = await openSale()
    await storm([(await sale.openShop()).place], 4)
    await sweep()
    await bench.stores.redis.hincrby(ledgerKeys(sale.itemId).ledger, 'available', difference)
    await sweep()
    expect(await ledgerOf(sale)).toMatchObject({ epoch: 2, available: 6 })
    expect(await sale.violations()).toEqual([])
  })

  test('and one that sells meanwhile is not mistaken for it', async () => {
    const sale = await openSale(5_000)
    const shops = [await sale.openShop(), await sale.openShop()].map((shop) => shop.place)
    const selling = (async () => {
      for (let i = 0; i < 20; i += 1) await storm(shops, 60, { prefix: `crowd-${i}`, pauseMs: 10 })
      return true
    })()
    const isOver = () => Promise.race([selling, sweep().then(() => false)])
    while (!(await isOver()));
    await sweep()
    expect(await ledgerOf(sale)).toMatchObject({ epoch: 1 })
    expect(await sale.violations()).toEqual([])
  })
})

test('an item that another process holds is left for the next sweep, and the others are mended', async () => {
  const [heldSale, sale] = [await openSale(), await newSale(bench, { total: 4, purchaseLimit: 1 })]
  await bench.stores.redis.hset(ledgerKeys(heldSale.itemId).ledger, 'state', 'rebuilding')
  const lock = await bench.stores.locks.acquire(`item:${heldSale.itemId}`, { leaseMs: 5_000 })
  await sweep()
  expect(await ledgerOf(heldSale)).toBe('NOT_LOADED')
  expect(await ledgerOf(sale)).toMatchObject({ available: 4 })
  await lock.release()
  await sweep()
  expect(await ledgerOf(heldSale)).toMatchObject({ available: 10 })
})

test('sweeps of several workers at once mend an item once', async () => {
  const sale = await openSale()
  await bench.stores.redis.del(ledgerKeys(sale.itemId).ledger)
  await Promise.all([sweep(), sweep(), sweep()])
  expect(await ledgerOf(sale)).toMatchObject({ epoch: 2 })
})

test('workers share lost items: neither takes the fence of an item that the other has made good', async () => {
  const sales: TestSale[] = []
  for (let i = 0; i < 40; i += 1) sales.push(await openSale())
  const itemIds = sales.map(({ itemId }) => itemId)
  const { redis, database } = bench.stores
  const fences = async () => {
    const [row] = await database.$queryRaw<[{ sum: number }]>`
      SELECT sum(fence)::int AS sum FROM sale_items WHERE id = ANY(${itemIds}::int[])`
    return row.sum
  }
  const before = await fences()
  await redis.del(...itemIds.flatMap((itemId) => Object.values(ledgerKeys(itemId))))
  await Promise.all([sweep(), sweep()])
  expect(await fences()).toBe(before + sales.length)
  for (const sale of sales) expect(await ledgerOf(sale)).toMatchObject({ epoch: 2 })
})

test('each worker takes lost items of one size in an order of its own, and small items before large ones', async () => {
  const sales = await Promise.all(Array.from({ length: 24 }, () => newSale(bench, { total: 9_000, purchaseLimit: 1 })))
  const [large] = sales
  await bench.stores.database.$executeRaw`UPDATE sale_items SET persisted = 9000 WHERE id = ${large!.itemId}`
  const ways = await Promise.all([0, 1].map(wayOfOneSweep))
  for (const way of ways) expect(way.at(-1)).toBe(`item:${large!.itemId}`)
  expect(ways[0]).not.toEqual(ways[1])

  async function wayOfOneSweep(): Promise<string[]> {
    const way: string[] = []
    const using: typeof bench.stores.locks.using = async (name) => {
      if (sales.some(({ itemId }) => name === `item:${itemId}`)) way.push(name)
      throw new Error('this worker only shows which way it goes')
    }
    const stores = { ...bench.stores, locks: { ...bench.stores.locks, using } }
    const context = { stores, logger: silentLogger, signal, drain: async () => undefined, outboxAgeMaxMs: 0 }
    await sweepOnce(context)
    return way
  }
})

test('an item of which more is active than there is stays closed, and is not made anew again and again', async () => {
  const sale = await openSale(2)
  await bench.stores.database.$executeRaw`
    INSERT INTO orders (id, item_id, buyer, quantity, status, accepted_at)
    VALUES (gen_random_uuid(), ${sale.itemId}, 'forged', 3, 'confirmed', now())`
  await rebuildItem(bench.stores, sale.itemId, { waitMs: 5_000, onlyIfUnsound: false })
  const { place } = await sale.openShop()
  for (let i = 0; i < 4; i += 1) {
    await sweep()
    expect(await place({ buyer: 'x', key: 'k', quantity: 1 })).toMatchObject({ outcome: 'SALE_CLOSED' })
  }
  expect(await ledgerOf(sale)).toMatchObject({ epoch: 2 })
  await bench.stores.database.$executeRaw`DELETE FROM orders WHERE item_id = ${sale.itemId}`
  await rebuildItem(bench.stores, sale.itemId, { waitMs: 5_000, onlyIfUnsound: false })
  expect(await ledgerOf(sale)).toMatchObject({ state: 'live', available: 2 })
})

test('an item of which more is active than there is is not made anew again and again once its sale is closed', async () => {
  const sale = await openSale(2)
  const { itemId } = sale
  const { database } = bench.stores
  await database.$executeRaw`
    INSERT INTO orders (id, item_id, buyer, quantity, status, accepted_at)
    VALUES (gen_random_uuid(), ${itemId}, 'forged', 3, 'confirmed', now())`
  await rebuildItem(bench.stores, itemId, { waitMs: 5_000, onlyIfUnsound: false })
  await setState(sale, 'closed')
  for (let i = 0; i < 3; i += 1) await sweep()
  expect(await ledgerOf(sale)).toMatchObject({ epoch: 2, state: 'closed' })
  expect(await database.auditEvent.count({ where: { itemId } })).toBe(0)
})

describe('what is amiss', () => {
  const units = { total: 10, totalVersion: 1, endedCount: 1, persisted: 4, returningUnits: 0 }
  const item = { birth: '7', epoch: 3, ...units, state: 'live' } as ItemRow
  const ledger = {
    birth: '7',
    epoch: 3,
    total: 10,
    totalVersion: 1,
    endedCount: 1,
    available: 6,
    state: 'live',
    nowMs: 10_000,
    oldestEntryId: undefined,
  } as LedgerView
  test.each<[string, Partial<LedgerView> | 'NOT_LOADED', ReturnType<typeof findAmiss>]>([
    ['nothing when both stores agree', {}, null],
    ['a ledger that cannot be believed', 'NOT_LOADED', 'UNSOUND'],
    ['a ledger of an older epoch', { epoch: 2 }, 'UNSOUND'],
    ['a ledger of another item', { birth: '8' }, 'UNSOUND'],
    ['no other item of a ledger that the version before made', { birth: '' }, null],
    ['a ledger of a newer epoch', { epoch: 4 }, 'FORGOTTEN'],
    ['a ledger of a newer total', { totalVersion: 2 }, 'FORGOTTEN'],
    ['a ledger that took units back of orders whose end Postgres does not know', { endedCount: 2 }, 'FORGOTTEN'],
    ['nothing of a ledger that did not take units back yet', { endedCount: 0 }, null],
    ['a larger total at the same version of the total', { total: 11 }, 'FORGOTTEN'],
    ['a larger total that somebody lowered in Postgres since', { total: 11, totalVersion: 0 }, 'TOTAL_BEHIND'],
    ['another total', { total: 9 }, 'TOTAL_BEHIND'],
    ['an older version of the total', { totalVersion: 0 }, 'TOTAL_BEHIND'],
    ['another state', { state: 'paused' }, 'STATE_BEHIND'],
    ['nothing that can be mended in a ledger closed for being oversold', { state: 'closed', available: 0 }, null],
    ['an old entry', { oldestEntryId: '7999-0' }, 'OUTBOX_OLD'],
    [
      'nothing while an entry is young, though its units are not in Postgres',
      { oldestEntryId: '8001-0', available: 5 },
      null,
    ],
    ['units that differ', { available: 5 }, 'UNITS_DIFFER'],
  ])('%s', (_, other, amiss) => {
    expect(findAmiss(item, other === 'NOT_LOADED' ? other : { ...ledger, ...other }, 2_000)).toBe(amiss)
  })
})
