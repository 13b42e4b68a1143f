import { setSaleState } from '@flash-sale/database/sales'
import { ledgerKeys } from '@flash-sale/stock/ledger-keys'
import { readLedger } from '@flash-sale/stock/read-ledger'
import { newSale, withBench, type TestSale } from '@flash-sale/testing/test-sale'
import { expect, test } from 'vitest'
import { applySaleState } from './apply-sale-state.ts'
import { rebuildItem } from './rebuild-item.ts'

const bench = withBench()

const waitMs = 5_000

async function openSale(): Promise<TestSale & { set: (state: 'live' | 'paused' | 'closed') => Promise<unknown> }> {
  const sale = await newSale(bench, { total: 10, purchaseLimit: 1 })
  await rebuildItem(bench.stores, sale.itemId, { waitMs, onlyIfUnsound: true })
  const { database } = bench.stores
  const { saleId } = await database.saleItem.findUniqueOrThrow({ where: { id: sale.itemId } })
  return { ...sale, set: (state) => setSaleState(database, saleId, state, Date.now()) }
}

test('what a buyer is told follows the state of the sale in Postgres', async () => {
  const sale = await openSale()
  const { place } = await sale.openShop()
  const told: string[] = []
  for (const state of ['paused', 'live', 'closed'] as const) {
    await sale.set(state)
    expect(await applySaleState(bench.stores, sale.itemId, waitMs)).toBe(true)
    told.push((await place({ buyer: state, key: 'k', quantity: 1 })).outcome)
  }
  expect(told).toEqual(['SALE_PAUSED', 'ACCEPTED', 'SALE_CLOSED'])
})

test('the replay of an accepted order is answered while the sale is paused', async () => {
  const sale = await openSale()
  const { place } = await sale.openShop()
  const wish = { buyer: 'early', key: 'k', quantity: 1 }
  const { orderId } = await place(wish)
  await sale.set('paused')
  await applySaleState(bench.stores, sale.itemId, waitMs)
  expect(await place(wish)).toMatchObject({ outcome: 'ACCEPTED', orderId })
})

test('a ledger that is being rebuilt is not opened by a change of state', async () => {
  const sale = await openSale()
  await bench.stores.redis.hset(ledgerKeys(sale.itemId).ledger, 'state', 'rebuilding')
  expect(await applySaleState(bench.stores, sale.itemId, waitMs)).toBe(false)
  expect(await readLedger(bench.stores.redis, sale.itemId)).toBe('NOT_LOADED')
})

test('a sale paused while its ledger was missing comes back paused', async () => {
  const sale = await openSale()
  await bench.stores.redis.del(ledgerKeys(sale.itemId).ledger)
  await sale.set('paused')
  await rebuildItem(bench.stores, sale.itemId, { waitMs, onlyIfUnsound: true })
  expect(await readLedger(bench.stores.redis, sale.itemId)).toMatchObject({ state: 'paused' })
})

test('of operators who pause and resume at the same instant both stores follow the same one', async () => {
  const sale = await openSale()
  const press = async (state: 'live' | 'paused') => {
    await sale.set(state)
    await applySaleState(bench.stores, sale.itemId, waitMs)
  }
  await Promise.all([press('paused'), press('live'), press('paused'), press('live')])
  const { sale: row } = await bench.stores.database.saleItem.findUniqueOrThrow({
    where: { id: sale.itemId },
    include: { sale: true },
  })
  expect(await readLedger(bench.stores.redis, sale.itemId)).toMatchObject({ state: row.state })
})
