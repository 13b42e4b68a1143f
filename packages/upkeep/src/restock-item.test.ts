import { ledgerKeys } from '@flash-sale/stock/ledger-keys'
import { readLedger } from '@flash-sale/stock/read-ledger'
import { pauseBefore } from '@flash-sale/testing/pausable-stores'
import { storm } from '@flash-sale/kit/place-order'
import { newSale, withBench, type TestSale } from '@flash-sale/testing/test-sale'
import { expect, test } from 'vitest'
import { rebuildItem } from './rebuild-item.ts'
import { finishRestock, restockItem } from './restock-item.ts'

const bench = withBench()

const waitMs = 5_000

async function openSale(): Promise<TestSale> {
  const sale = await newSale(bench, { total: 10, purchaseLimit: 5 })
  await rebuildItem(bench.stores, sale.itemId, { waitMs, onlyIfUnsound: true })
  await storm([(await sale.openShop()).place], 4)
  return sale
}

async function totals({ itemId }: TestSale) {
  const { total } = await bench.stores.database.saleItem.findUniqueOrThrow({ where: { id: itemId } })
  const ledger = await readLedger(bench.stores.redis, itemId)
  return { postgres: total, ledger: ledger === 'NOT_LOADED' ? ledger : [ledger.total, ledger.available] }
}

test('a restock raises the total in both stores and can be bought at once', async () => {
  const sale = await openSale()
  const outcome = await restockItem(bench.stores, sale.itemId, { key: 'k', units: 5 }, waitMs)
  expect(outcome).toEqual({ kind: 'RESTOCKED', total: 15, pending: false })
  expect(await totals(sale)).toEqual({ postgres: 15, ledger: [15, 11] })
})

test('the same key adds once, also when asked for at the same instant; another number of units under it conflicts', async () => {
  const sale = await openSale()
  const restock = (units: number) => restockItem(bench.stores, sale.itemId, { key: 'once', units }, waitMs)
  const outcomes = await Promise.all([restock(5), restock(5), restock(5)])
  expect(outcomes).toEqual(outcomes.map(() => ({ kind: 'RESTOCKED', total: 15, pending: false })))
  expect(await restock(6)).toEqual({ kind: 'KEY_CONFLICT' })
  expect(await totals(sale)).toEqual({ postgres: 15, ledger: [15, 11] })
})

test('restocks with keys of their own at the same instant all count', async () => {
  const sale = await openSale()
  await Promise.all(
    Array.from({ length: 8 }, (_, i) => restockItem(bench.stores, sale.itemId, { key: `k${i}`, units: 2 }, waitMs)),
  )
  expect(await totals(sale)).toEqual({ postgres: 26, ledger: [26, 22] })
})

test('an item that does not exist is not restocked', async () => {
  const outcome = await restockItem(bench.stores, 999_999, { key: 'k', units: 1 }, waitMs)
  expect(outcome).toEqual({ kind: 'ITEM_NOT_FOUND' })
})

test('while the ledger is missing only Postgres is raised, and the rebuild brings the units', async () => {
  const sale = await openSale()
  await bench.stores.redis.del(ledgerKeys(sale.itemId).ledger)
  const outcome = await restockItem(bench.stores, sale.itemId, { key: 'k', units: 5 }, waitMs)
  expect(outcome).toEqual({ kind: 'RESTOCKED', total: 15, pending: true })
  expect(await totals(sale)).toEqual({ postgres: 15, ledger: 'NOT_LOADED' })
  await rebuildItem(bench.stores, sale.itemId, { waitMs, onlyIfUnsound: true })
  expect(await totals(sale)).toEqual({ postgres: 15, ledger: [15, 11] })
})

test('a restock killed before any of its steps adds everything or nothing once it is finished', async () => {
  const counted = pauseBefore(Infinity, bench.stores)
  await restockItem(counted.stores, (await openSale()).itemId, { key: 'k', units: 5 }, waitMs)
  expect(counted.askedCount()).toBeGreaterThan(4)
  for (let step = 1; step <= counted.askedCount(); step += 1) {
    const sale = await openSale()
    const holder = pauseBefore(step, bench.stores)
    const outcome = restockItem(holder.stores, sale.itemId, { key: 'k', units: 5 }, waitMs)
    await holder.paused
    await bench.stores.redis.del(ledgerKeys(sale.itemId).lock)
    // What is offered is never more than Postgres knows of.
    const { postgres, ledger } = await totals(sale)
    expect(postgres).toBeGreaterThanOrEqual(Number(ledger[0]))
    await finishRestock(bench.stores, sale.itemId, waitMs)
    expect(await totals(sale)).toEqual({ postgres, ledger: [postgres, postgres - 4] })
    // The operator, who had no answer, asks again with the same key.
    await restockItem(bench.stores, sale.itemId, { key: 'k', units: 5 }, waitMs)
    expect(await totals(sale)).toEqual({ postgres: 15, ledger: [15, 11] })
    // And the one that was only paused comes back.
    holder.resume()
    await outcome.catch(() => undefined)
    expect(await totals(sale)).toEqual({ postgres: 15, ledger: [15, 11] })
  }
})

test('a restock in the middle of a storm sells exactly what there is then', async () => {
  const sale = await newSale(bench, { total: 50, purchaseLimit: 1 })
  await rebuildItem(bench.stores, sale.itemId, { waitMs, onlyIfUnsound: true })
  const shops = [await sale.openShop(), await sale.openShop()].map((shop) => shop.place)
  const crowd = storm(shops, 40, { pauseMs: 10 })
  await restockItem(bench.stores, sale.itemId, { key: 'k', units: 25 }, waitMs)
  await Promise.all([crowd, storm(shops, 60, { prefix: 'more', pauseMs: 10 })])
  await rebuildItem(bench.stores, sale.itemId, { waitMs, onlyIfUnsound: false })
  expect(sale.history.filter(({ outcome }) => outcome === 'ACCEPTED')).toHaveLength(75)
  expect(await sale.violations({ unitsCameBack: true })).toEqual([])
})
