import { readItem } from '@flash-sale/database/items'
import { ledgerKeys } from '@flash-sale/stock/ledger-keys'
import { countCommands } from '@flash-sale/testing/count-commands'
import { createEndedItems, endSaleOf } from '@flash-sale/testing/end-sales'
import { silentLogger } from '@flash-sale/testing/open-stores'
import { newSale, setUpBench, type Bench, type TestSale } from '@flash-sale/testing/test-sale'
import { rebuildItem } from '@flash-sale/upkeep/rebuild-item'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { drainItem } from './drain-item.ts'
import { sweepOnce } from './sweep-once.fixture.ts'
import { createSettledSweep } from './sweep-settled.ts'

let bench: Bench

beforeAll(async () => {
  bench = await setUpBench()
})

afterAll(() => bench.close())

async function sweep(): Promise<void> {
  const { signal } = new AbortController()
  const { stores } = bench
  const drains: Promise<void>[] = []
  const drain = async (itemId: number) => {
    drains.push(drainItem({ ...stores, logger: silentLogger, signal }, itemId))
    await drains.at(-1)
  }
  await sweepOnce({ stores, logger: silentLogger, signal, drain, outboxAgeMaxMs: 0 })
  await Promise.all(drains)
}

async function openSale(): Promise<TestSale> {
  const sale = await newSale(bench, { total: 10, purchaseLimit: 2 })
  await rebuildItem(bench.stores, sale.itemId, { waitMs: 5_000, onlyIfUnsound: true })
  return sale
}

async function settle({ itemId }: TestSale): Promise<void> {
  await endSaleOf(bench.testStores.database.url, itemId)
  await bench.stores.redis.hset(ledgerKeys(itemId).ledger, 'closesAt', Date.now() - 1_000)
  await sweep()
  expect(await isSettled(itemId)).toBe(true)
}

async function isSettled(itemId: number): Promise<boolean | undefined> {
  return (await readItem(bench.stores.database, itemId))?.isSettled
}

test('an old copy of the keys of a settled item is found, and the ledger made anew', async () => {
  const { redis } = bench.stores
  const sale = await openSale()
  const { ledger, orders, buyers } = ledgerKeys(sale.itemId)
  const copies = await Promise.all(
    [ledger, orders, buyers].map(async (key) => ({ key, value: await redis.dumpBuffer(key) })),
  )
  const first = await (await sale.openShop()).place({ buyer: 'ann', key: 'k', quantity: 1 })
  await sweep()
  await settle(sale)
  for (const { key, value } of copies) await redis.restore(key, 0, value!, 'REPLACE')
  await createSettledSweep(bench.stores).look()
  expect(await isSettled(sale.itemId)).toBe(false)
  await sweep()
  const { place } = await sale.openShop()
  expect(await place({ buyer: 'bob', key: 'k', quantity: 1 })).toMatchObject({ outcome: 'SALE_CLOSED' })
  expect(await place({ buyer: 'ann', key: 'k', quantity: 1 })).toMatchObject({
    outcome: 'ACCEPTED',
    orderId: first.orderId,
  })
  expect(await sale.violations()).toEqual([])
})

test.each<[string, (itemId: number) => Promise<unknown>]>([
  ['sells again', (id) => bench.stores.redis.hset(ledgerKeys(id).ledger, 'state', 'live')],
  ['is being rebuilt', (id) => bench.stores.redis.hset(ledgerKeys(id).ledger, 'state', 'rebuilding')],
  ['has other units', (id) => bench.stores.redis.hincrby(ledgerKeys(id).ledger, 'available', 1)],
  ['is of another epoch', (id) => bench.stores.redis.hset(ledgerKeys(id).ledger, 'epoch', 7)],
])('a settled item whose ledger %s is settled anew', async (_, change) => {
  const sale = await openSale()
  await settle(sale)
  await change(sale.itemId)
  await createSettledSweep(bench.stores).look()
  expect(await isSettled(sale.itemId)).toBe(false)
  await sweep()
  await sweep()
  expect(await isSettled(sale.itemId)).toBe(true)
  await createSettledSweep(bench.stores).look()
  expect(await isSettled(sale.itemId)).toBe(true)
})

test('settled items cost two commands each, a page of them in a look, and those without a ledger are left so', async () => {
  const ids = await createEndedItems(bench.testStores.database.url, 130)
  await bench.stores.database.$executeRaw`UPDATE sale_items SET settled_at = now()`
  const settled = createSettledSweep(bench.stores)
  const looks: boolean[] = []
  const look = async () => void looks.push((await settled.look()).isLast)
  expect(await countCommands(bench.stores.redis, look)).toBeLessThanOrEqual(210)
  for (let i = 0; i < 2; i += 1) await look()
  expect(looks).toEqual([false, true, false])
  expect(settled.mendedCount).toBe(0)
  expect(await isSettled(ids[0]!)).toBe(true)
})
