import { setTimeout as sleep } from 'node:timers/promises'
import { insertSale } from '@flash-sale/database/sales'
import { skipNumbers } from '@flash-sale/database/used-numbers'
import { setAside } from '@flash-sale/stock/aside'
import { itemLockName } from '@flash-sale/stock/ledger-keys'
import { readMissingItems } from '@flash-sale/stock/missing-items'
import { readLedger } from '@flash-sale/stock/read-ledger'
import { noteNumbers, readNumbers } from '@flash-sale/stock/used-numbers'
import { storm } from '@flash-sale/kit/place-order'
import { silentLogger } from '@flash-sale/testing/open-stores'
import { newSale, withBench, type TestSale } from '@flash-sale/testing/test-sale'
import { discardMissingItem, findMissingItems, restoreMissingItem } from '@flash-sale/upkeep/missing-items'
import { rebuildItem } from '@flash-sale/upkeep/rebuild-item'
import { expect, test } from 'vitest'
import { drainItem } from './drain-item.ts'
import { createMissingSweep } from './sweep-missing.ts'

const bench = withBench()
const ifUnsound = { waitMs: 10_000, onlyIfUnsound: true }

async function openSale(): Promise<TestSale> {
  const sale = await newSale(bench, { total: 10, purchaseLimit: 2 })
  await rebuildItem(bench.stores, sale.itemId, ifUnsound)
  return sale
}

/** As a restore from before the sale leaves it. */
async function forget({ itemId }: TestSale): Promise<void> {
  const { database } = bench.stores
  await database.order.deleteMany({ where: { itemId } })
  await database.buyerQuota.deleteMany({ where: { itemId } })
  const { saleId } = await database.saleItem.delete({ where: { id: itemId } })
  await database.sale.delete({ where: { id: saleId } })
}

/** Walks over all ledgers, as several workers do; returns what they said at level 50. */
async function sweepAll(): Promise<string[]> {
  const told: string[] = []
  const logger = { error: (_: object, text: string) => void told.push(text), info: () => undefined }
  for (let i = 0; i < 2; i += 1) {
    const sweep = createMissingSweep(bench.stores, logger as never)
    while (!(await sweep.look()).isLast);
  }
  return told
}

async function drain({ itemId }: TestSale): Promise<void> {
  const { signal } = new AbortController()
  await drainItem({ ...bench.stores, logger: silentLogger, signal }, itemId)
}

test('a restore waits for a discard that is under way, and then finds nothing to restore', async () => {
  const sale = await openSale()
  const { itemId } = sale
  await forget(sale)
  const { redis, locks, database } = bench.stores
  const lock = await locks.acquire(itemLockName(itemId), { leaseMs: 5_000 })
  const restored = restoreMissingItem(bench.stores, itemId)
  // A restore that does not wait has made the row by the time of its third question.
  const early = await Promise.race([restored.then(() => 'restored'), sleep(300).then(() => 'waits')])
  await setAside(redis, itemId, lock.owner)
  await lock.release()
  expect(early).toBe('waits')
  expect(await restored).toEqual({ kind: 'NOT_MISSING' })
  expect(await database.saleItem.count({ where: { id: itemId } })).toBe(0)
})

test('a ledger whose item is missing sells nothing, is told of once, and its orders stay', async () => {
  const sale = await openSale()
  const { place } = await sale.openShop()
  await storm([place], 3)
  await forget(sale)
  expect(await sweepAll()).toHaveLength(1)
  expect(await sweepAll()).toHaveLength(0)
  expect(await readLedger(bench.stores.redis, sale.itemId)).toBe('NOT_LOADED')
  expect(await place({ buyer: 'late', key: 'k', quantity: 1 })).toMatchObject({ outcome: 'UNAVAILABLE' })
  await drain(sale)
  expect(await readMissingItems(bench.stores.redis)).toContain(sale.itemId)
  const { database } = bench.stores
  expect(await database.auditEvent.count({ where: { itemId: sale.itemId, action: 'suspend' } })).toBe(1)
  const found = await findMissingItems(bench.stores)
  expect(found.find(({ itemId }) => itemId === sale.itemId)).toMatchObject({ total: 10, orderCount: 3, entryCount: 1 })
})

test('an item that is missing sells nothing from the first order on that a worker would persist', async () => {
  const sale = await openSale()
  const { place } = await sale.openShop()
  await forget(sale)
  expect(await place({ buyer: 'one', key: 'k', quantity: 1 })).toMatchObject({ outcome: 'ACCEPTED' })
  await drain(sale)
  expect(await place({ buyer: 'two', key: 'k', quantity: 1 })).toMatchObject({ outcome: 'UNAVAILABLE' })
})

test('an operator restores an item with every order, or discards it with every order aside', async () => {
  const [restored, discarded] = [await openSale(), await openSale()]
  for (const sale of [restored, discarded]) {
    await storm([(await sale.openShop()).place], 4)
    await forget(sale)
  }
  await sweepAll()
  expect(await restoreMissingItem(bench.stores, restored.itemId)).toMatchObject({ kind: 'RESTORED', isSaleNew: true })
  expect(await restoreMissingItem(bench.stores, restored.itemId)).toEqual({ kind: 'NOT_MISSING' })
  expect(await rebuildItem(bench.stores, restored.itemId, ifUnsound)).toMatchObject({ kind: 'REBUILT', available: 6 })
  expect(await restored.violations()).toEqual([])

  const aside = await discardMissingItem(bench.stores, discarded.itemId)
  expect(aside).toMatchObject({ orderCount: 4, entryCount: 1 })
  expect(await discardMissingItem(bench.stores, discarded.itemId)).toBe('NOT_MISSING')
  await sweepAll()
  const missing = await readMissingItems(bench.stores.redis)
  for (const { itemId } of [restored, discarded]) expect(missing).not.toContain(itemId)
})

test('a ledger that does not say enough is not restored from', async () => {
  const sale = await openSale()
  await forget(sale)
  await bench.stores.redis.hdel(`{item:${sale.itemId}}:ledger`, 'limit')
  expect(await restoreMissingItem(bench.stores, sale.itemId)).toEqual({ kind: 'NOT_WHOLE' })
})

test('numbers of items and sales that Redis has seen are given to no other, though Postgres was restored', async () => {
  const { redis, database } = bench.stores
  await openSale()
  await sweepAll()
  const seen = await readNumbers(redis)
  expect(seen).toEqual({
    item: (await database.saleItem.findFirst({ orderBy: { id: 'desc' } }))!.id,
    sale: (await database.sale.findFirst({ orderBy: { id: 'desc' } }))!.id,
  })
  await noteNumbers(redis, { item: seen.item + 20, sale: seen.sale + 10 })
  await noteNumbers(redis, { item: 1, sale: 1 })
  await sweepAll()
  const next = async () => {
    const item = { sku: 'A', name: 'A', priceCents: 1, total: 1, purchaseLimit: 1 }
    const window = { opensAt: new Date(0), closesAt: new Date(1) }
    const { id, items } = await insertSale(database, { name: 'Next', ...window, items: [item] })
    return { item: items[0]!.id, sale: id }
  }
  expect(await next()).toEqual({ item: seen.item + 21, sale: seen.sale + 11 })
  await skipNumbers(database, { item: seen.item + 30, sale: 1 })
  expect(await next()).toEqual({ item: seen.item + 31, sale: seen.sale + 12 })
})

test('a stray number far above those of Postgres is told of once, and neither noted nor skipped', async () => {
  const { redis, database } = bench.stores
  const { itemId } = await openSale()
  const stray = 2 ** 31 - 1
  await redis.hset(`{item:${stray}}:ledger`, 'state', 'live')
  const told: unknown[] = []
  const logger = {
    error: (data: object, text: string) => void (text.includes('far above') && told.push(data)),
    info: () => undefined,
  }
  const sweep = createMissingSweep(bench.stores, logger as never)
  const walk = async () => {
    while (!(await sweep.look()).isLast);
  }
  await walk()
  expect((await readNumbers(redis)).item).toBe(itemId)
  await redis.del(`{item:${stray}}:ledger`)
  // As a version before noted it.
  await noteNumbers(redis, { item: stray, sale: stray })
  await walk()
  await skipNumbers(database, { item: stray, sale: stray })
  expect(told).toEqual([{ numbers: [stray] }])
  expect((await openSale()).itemId).toBe(itemId + 1)
})
