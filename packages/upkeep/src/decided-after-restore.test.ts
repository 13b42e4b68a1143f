import { readItem } from '@flash-sale/database/items'
import { ledgerKeys } from '@flash-sale/stock/ledger-keys'
import { readLedger } from '@flash-sale/stock/read-ledger'
import { storm } from '@flash-sale/kit/place-order'
import { newSale, withBench, type TestSale } from '@flash-sale/testing/test-sale'
import { describe, expect, test } from 'vitest'
import { applySaleState } from './apply-sale-state.ts'
import { rebuildItem } from './rebuild-item.ts'

const bench = withBench()
const ifUnsound = { waitMs: 10_000, onlyIfUnsound: true }
const anyway = { ...ifUnsound, onlyIfUnsound: false }

/** Its ledger is of the epoch 2. */
async function sellSome(): Promise<TestSale> {
  const sale = await newSale(bench, { total: 20, purchaseLimit: 2 })
  await rebuildItem(bench.stores, sale.itemId, ifUnsound)
  await storm([(await sale.openShop()).place], 9)
  await rebuildItem(bench.stores, sale.itemId, anyway)
  return sale
}

/** A ledger of an epoch that Postgres has forgotten. */
async function sellForgotten(): Promise<TestSale> {
  const sale = await sellSome()
  await bench.stores.database.saleItem.update({ where: { id: sale.itemId }, data: { epoch: 1 } })
  return sale
}

async function saleStateOf({ itemId }: TestSale): Promise<string> {
  return (await readItem(bench.stores.database, itemId))!.state
}

async function setSaleState({ itemId }: TestSale, state: 'paused' | 'closed'): Promise<void> {
  await bench.stores.database.sale.updateMany({ where: { items: { some: { id: itemId } } }, data: { state } })
}

describe('what people decided in a Postgres that was restored', () => {
  test.each([
    ['the ledger is sound', 2],
    ['the ledger knows a newer epoch', 1],
  ])('stands: a total that was lowered, and %s', async (_, epoch) => {
    const sale = await sellSome()
    const { itemId } = sale
    await bench.stores.database.saleItem.update({ where: { id: itemId }, data: { total: 15, epoch } })
    const { broughtBack, ...rebuilt } = (await rebuildItem(bench.stores, itemId, anyway)) as { broughtBack?: object }
    expect(rebuilt).toMatchObject({ kind: 'REBUILT', available: 6 })
    expect(broughtBack === undefined).toBe(epoch === 2)
    expect(await readItem(bench.stores.database, itemId)).toMatchObject({ total: 15 })
    expect(await sale.violations()).toEqual([])
  })

  test.each(['paused', 'closed'] as const)('stands: a sale that was %s', async (state) => {
    const sale = await sellForgotten()
    await setSaleState(sale, state)
    expect(await applySaleState(bench.stores, sale.itemId, 1_000)).toBe(false)
    expect(await rebuildItem(bench.stores, sale.itemId, ifUnsound)).toMatchObject({ broughtBack: { state: 'live' } })
    expect(await saleStateOf(sale)).toBe(state)
    expect(await readLedger(bench.stores.redis, sale.itemId)).toMatchObject({ state })
  })

  test('comes back when the ledger alone knows that it was paused', async () => {
    const sale = await sellSome()
    const { database, redis } = bench.stores
    await setSaleState(sale, 'paused')
    expect(await applySaleState(bench.stores, sale.itemId, 1_000)).toBe(true)
    await database.sale.updateMany({ where: { items: { some: { id: sale.itemId } } }, data: { state: 'live' } })
    await database.saleItem.update({ where: { id: sale.itemId }, data: { epoch: 1 } })
    await redis.hset(ledgerKeys(sale.itemId).ledger, 'state', 'rebuilding')
    await rebuildItem(bench.stores, sale.itemId, ifUnsound)
    expect(await saleStateOf(sale)).toBe('paused')
  })

  test.each([
    ['too much was sold from it', {}],
    ['it was settled', { settled: '1' }],
  ])('is not changed by a ledger that is closed because %s', async (_, settled) => {
    const sale = await sellForgotten()
    await bench.stores.redis.hset(ledgerKeys(sale.itemId).ledger, { state: 'closed', ...settled })
    expect(await rebuildItem(bench.stores, sale.itemId, ifUnsound)).toMatchObject({ broughtBack: { state: 'live' } })
    expect(await saleStateOf(sale)).toBe('live')
    expect(await readLedger(bench.stores.redis, sale.itemId)).toMatchObject({ state: 'live' })
  })
})
