import { readItem } from '@flash-sale/database/items'
import { ledgerKeys } from '@flash-sale/stock/ledger-keys'
import { readLedger, type LedgerView } from '@flash-sale/stock/read-ledger'
import { silentLogger } from '@flash-sale/testing/open-stores'
import { storm } from '@flash-sale/kit/place-order'
import { newSale, withBench, type TestSale } from '@flash-sale/testing/test-sale'
import { rebuildItem } from '@flash-sale/upkeep/rebuild-item'
import { beforeEach, expect, test } from 'vitest'
import { drainItem } from './drain-item.ts'
import { createLossWatch, type LossWatch } from './watch-losses.ts'

const bench = withBench()

let told: unknown[]
let watch: LossWatch
beforeEach(() => {
  told = []
  watch = createLossWatch(bench.stores, { error: (fields: unknown) => void told.push(fields) })
})

/** A sale of which this worker saw three orders committed. */
async function committedSale(): Promise<TestSale> {
  const sale = await newSale(bench, { total: 10, purchaseLimit: 2 })
  await rebuild(sale)
  await storm([(await sale.openShop()).place], 3)
  const { signal } = new AbortController()
  const context = { ...bench.stores, logger: silentLogger, signal, onConfirmed: watch.committed }
  await drainItem(context, sale.itemId)
  await look(sale)
  return sale
}

async function rebuild({ itemId }: TestSale, liveApis: readonly string[] = []): Promise<void> {
  await rebuildItem(bench.stores, itemId, { waitMs: 5_000, onlyIfUnsound: false, liveApis })
}

async function look({ itemId }: TestSale): Promise<void> {
  const item = (await readItem(bench.stores.database, itemId))!
  await watch.looked(item, await readLedger(bench.stores.redis, itemId))
}

/** What a restore of an older copy does to the rows. */
async function forgetRows({ itemId }: TestSale): Promise<void> {
  const { database } = bench.stores
  await database.$executeRaw`DELETE FROM orders WHERE item_id = ${itemId}`
  await database.$executeRaw`DELETE FROM buyer_quota WHERE item_id = ${itemId}`
  await database.$executeRaw`UPDATE sale_items SET persisted = 0 WHERE id = ${itemId}`
}

async function trail({ itemId }: TestSale): Promise<unknown[]> {
  const events = await bench.stores.database.auditEvent.findMany({ where: { itemId, action: 'loss' } })
  return events.map(({ actor, detail }) => ({ actor, detail }))
}

test('orders that were committed and that both stores forgot are told once, with the times between which that was', async () => {
  const sale = await committedSale()
  await forgetRows(sale)
  await bench.stores.redis.del(Object.values(ledgerKeys(sale.itemId)))
  await rebuild(sale)
  await look(sale)
  const detail = { epoch: 2, ordersMin: 3, from: expect.stringMatching(/^20/), to: expect.stringMatching(/^20/) }
  expect(await trail(sale)).toMatchObject([{ actor: 'worker', detail }])
  expect(told).toMatchObject([{ itemId: sale.itemId, ordersMin: 3 }])
  expect((told[0] as { orderIds: unknown[] }).orderIds).toHaveLength(3)
  await rebuild(sale)
  await look(sale)
  await look(sale)
  expect(told).toHaveLength(1)
})

test('it knows up to when all was saved, which neither a ledger made anew nor an old copy tells', async () => {
  const { itemId, openShop } = await committedSale()
  const committed = watch.seen(itemId)!
  const item = (await readItem(bench.stores.database, itemId))!
  expect(committed.savedUpToMs).toBeGreaterThan(0)
  await storm([(await openShop()).place], 1, { prefix: 'waits' })
  const ledger = (await readLedger(bench.stores.redis, itemId)) as LedgerView
  const saved = { outboxLength: 0, oldestEntryId: undefined }
  const unlike = [{ takesOffersOnly: true }, { unitsLackingMax: 1 }, { sequence: 0 }, { epoch: 0 }]
  const now = performance.now()
  for (const change of unlike) {
    await watch.looked(item, { ...ledger, ...saved, ...change }, now)
    expect(watch.seen(itemId)).toMatchObject({ savedUpToMs: committed.savedUpToMs })
  }
  const later = now + 1_000
  await watch.looked(item, { ...ledger, oldestEntryId: `${ledger.nowMs - 70}-0` }, later)
  expect(watch.seen(itemId)).toMatchObject({ savedUpToMs: later - 70, epoch: 1, sequence: ledger.sequence })
  await watch.looked(item, { ...ledger, ...saved }, later)
  expect(watch.seen(itemId)).toMatchObject({ savedUpToMs: later })
  const fresh = createLossWatch(bench.stores, { error: () => undefined })
  expect(fresh.seen(itemId)).toBeUndefined()
})

test('of an item that never had a ledger it knows that nothing was accepted before', async () => {
  const sale = await newSale(bench, { total: 10, purchaseLimit: 2 })
  const item = (await readItem(bench.stores.database, sale.itemId))!
  await watch.looked(item, 'NOT_LOADED', 7)
  expect(watch.seen(sale.itemId)).toMatchObject({ birth: item.birth, savedUpToMs: 7 })
  await watch.looked(item, 'NOT_LOADED', 8)
  expect(watch.seen(sale.itemId)).toMatchObject({ savedUpToMs: 7 })
  const other = await newSale(bench, { total: 10, purchaseLimit: 2 })
  await rebuild(other)
  await watch.looked((await readItem(bench.stores.database, other.itemId))!, 'NOT_LOADED', 7)
  expect(watch.seen(other.itemId)).toBeUndefined()
})

test('orders that one store has are not told', async () => {
  const sale = await committedSale()
  await forgetRows(sale)
  await rebuild(sale)
  const looked = await readLedger(bench.stores.redis, sale.itemId)
  expect(looked).toMatchObject({ epoch: 2, available: 7 })
  await look(sale)
  await bench.stores.redis.del(Object.values(ledgerKeys(sale.itemId)))
  await rebuild(sale)
  await look(sale)
  // The ledger has them, and their rows are on their way.
  await rebuild(sale)
  await forgetRows(sale)
  await look(sale)
  expect(told).toEqual([])
})

test('nothing is told while API processes may still offer the orders', async () => {
  const sale = await committedSale()
  await forgetRows(sale)
  const { ledger, ...hashes } = ledgerKeys(sale.itemId)
  await bench.stores.redis.del(ledger, ...Object.values(hashes))
  await rebuild(sale, ['one:1'])
  await look(sale)
  expect(await trail(sale)).toEqual([])
  await bench.stores.redis.hset(ledger, 'offersUntil', '1')
  await look(sale)
  expect(told).toHaveLength(1)
})
