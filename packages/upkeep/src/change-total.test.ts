import { readItem } from '@flash-sale/database/items'
import { ledgerKeys } from '@flash-sale/stock/ledger-keys'
import { readLedger } from '@flash-sale/stock/read-ledger'
import { storm } from '@flash-sale/kit/place-order'
import { pauseBefore } from '@flash-sale/testing/pausable-stores'
import { endSaleOf } from '@flash-sale/testing/end-sales'
import { eventually } from '@flash-sale/testing/eventually'
import { newSale, withBench, type TestSale } from '@flash-sale/testing/test-sale'
import { describe, expect, test } from 'vitest'
import { auditItem } from './audit-item.ts'
import { changeTotal } from './change-total.ts'
import { persistWaiting } from './ended-orders.fixture.ts'
import { rebuildItem } from './rebuild-item.ts'
import { finishRestock } from './restock-item.ts'

const bench = withBench()

const waitMs = 5_000

/** Ten units, of which four are sold: two in Postgres, two on their way. */
async function openSale(): Promise<TestSale> {
  const sale = await newSale(bench, { total: 10, purchaseLimit: 2 })
  const options = { waitMs, onlyIfUnsound: true }
  await eventually(() => rebuildItem(bench.stores, sale.itemId, options), { what: 'the ledger' })
  const { place } = await sale.openShop()
  await storm([place], 2, { prefix: 'early' })
  await persistWaiting(bench.stores, sale.itemId)
  await storm([place], 2, { prefix: 'late' })
  return sale
}

function change({ itemId }: TestSale, total: number, stores = bench.stores) {
  return changeTotal(stores, itemId, total, waitMs)
}

async function totals({ itemId }: TestSale) {
  const [ledger, item] = [await readLedger(bench.stores.redis, itemId), await readItem(bench.stores.database, itemId)]
  if (ledger === 'NOT_LOADED') return ledger
  return { ledger: ledger.total, available: ledger.available, postgres: item!.total }
}

test.each([
  [20, 16],
  [6, 2],
  [4, 0],
])('a total of 10 is changed to %i while 4 are taken: %i are available then', async (total, available) => {
  const sale = await openSale()
  expect(await change(sale, total)).toEqual({ kind: 'CHANGED', total, pending: false })
  expect(await totals(sale)).toEqual({ ledger: total, available, postgres: total })
  expect(await auditItem(bench.stores, sale.itemId, waitMs)).toMatchObject({ total, balanced: true })
  await (await sale.openShop()).place({ buyer: 'x', key: 'k', quantity: 1 })
  await persistWaiting(bench.stores, sale.itemId)
  expect(await sale.violations({ unitsCameBack: true })).toEqual([])
})

test('a total below the units taken is refused with the numbers, those on their way included', async () => {
  const sale = await openSale()
  expect(await change(sale, 3)).toEqual({ kind: 'BELOW_TAKEN', total: 10, takenUnits: 4 })
  expect(await totals(sale)).toEqual({ ledger: 10, available: 6, postgres: 10 })
})

test('nothing is changed while the ledger cannot be believed, or after the sale', async () => {
  const sale = await openSale()
  await bench.stores.redis.hset(ledgerKeys(sale.itemId).ledger, 'state', 'rebuilding')
  expect(await change(sale, 6)).toEqual({ kind: 'NOT_LOADED' })
  expect(await readItem(bench.stores.database, sale.itemId)).toMatchObject({ total: 10 })
  await endSaleOf(bench.testStores.database.url, sale.itemId)
  expect(await change(sale, 20)).toEqual({ kind: 'SALE_OVER' })
  expect(await changeTotal(bench.stores, 2 ** 31 - 1, 1, waitMs)).toEqual({ kind: 'ITEM_NOT_FOUND' })
})

describe.each([20, 6])('a change of the total from 10 to %i', (total) => {
  test('that is cut in two before any of its steps is done or undone by the sweep, and sells exactly', async () => {
    for (let step = 3, isOver = false; !isOver; step += 1) {
      const sale = await openSale()
      const pausable = pauseBefore(step, bench.stores)
      const changing = change(sale, total, pausable.stores)
      isOver = await Promise.race([pausable.paused.then(() => false), changing.then(() => true)])
      if (!isOver) {
        await bench.stores.redis.del(ledgerKeys(sale.itemId).lock)
        await finishRestock(bench.stores, sale.itemId, waitMs)
      }
      const now = await totals(sale)
      expect([
        { ledger: 10, available: 6, postgres: 10 },
        { ledger: total, available: total - 4, postgres: total },
      ]).toContainEqual(now)
      pausable.resume()
      await changing.catch(() => undefined)
      pausable.stores.locks.close()
      await finishRestock(bench.stores, sale.itemId, waitMs)
      await persistWaiting(bench.stores, sale.itemId)
      expect(await auditItem(bench.stores, sale.itemId, waitMs)).toMatchObject({ balanced: true })
      expect(await sale.violations({ unitsCameBack: true })).toEqual([])
    }
  })
})
