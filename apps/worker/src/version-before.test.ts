import { readLuaScript } from '@flash-sale/runtime/lua-script'
import { readItem } from '@flash-sale/database/items'
import { setSaleState } from '@flash-sale/database/sales'
import { deriveOrderId } from '@flash-sale/stock/order-id'
import { readLedger } from '@flash-sale/stock/read-ledger'
import { adopt } from '@flash-sale/stock/reserve'
import { installScripts } from '@flash-sale/testing/mutate-script'
import { openStores, silentLogger, type OpenStores } from '@flash-sale/testing/open-stores'
import { newSale, setUpBench, type Bench, type TestSale } from '@flash-sale/testing/test-sale'
import { applySaleState } from '@flash-sale/upkeep/apply-sale-state'
import { rebuildItem } from '@flash-sale/upkeep/rebuild-item'
import { settleItem } from '@flash-sale/upkeep/settle-item'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { drainItem } from './drain-item.ts'
import { findAmiss } from './find-amiss.ts'
import { sweepOnce } from './sweep-once.fixture.ts'
import { createSettledSweep } from './sweep-settled.ts'

// During a roll-out processes run that do not know that an ended sale is settled.
let bench: Bench
let before: OpenStores

beforeEach(async () => {
  bench = await setUpBench()
  const { redis, database } = bench.testStores
  before = openStores({ redisUrl: redis.url, databaseUrl: database.url })
})

afterEach(async () => {
  await before.close()
  await bench.close()
})

/** Has the script run as the version before had it, which differs in this piece. */
async function runAsBefore(name: 'reserve' | 'read-ledger', piece: string, replacement: string): Promise<void> {
  const file = new URL(`../../../packages/stock/src/${name}.lua`, import.meta.url)
  const script = readLuaScript(name, 5, file)
  expect(script.lua).toContain(piece)
  await installScripts(before.redis, [{ ...script, lua: script.lua.replace(piece, () => replacement) }])
}

async function settledSale(): Promise<TestSale> {
  const sale = await newSale(bench, { total: 10, purchaseLimit: 2 })
  await rebuildItem(bench.stores, sale.itemId, { waitMs: 5_000, onlyIfUnsound: true })
  const { database } = bench.stores
  const { saleId } = (await readItem(database, sale.itemId))!
  await setSaleState(database, saleId, 'closed', Date.now())
  await applySaleState(bench.stores, sale.itemId, 5_000)
  expect(await settleItem(bench.stores, sale.itemId, 5_000)).toBe(true)
  return sale
}

test('an API of the version before sells nothing from a sale that was closed early and settled', async () => {
  await runAsBefore('reserve', `~= 'live' then shut`, `== 'closed' then shut`)
  const sale = await settledSale()
  const { place } = await sale.openShop({ stores: before })
  expect(await place({ buyer: 'ann', key: 'k', quantity: 1 })).toMatchObject({ outcome: 'SALE_CLOSED' })
})

test('an order that a worker of the version before adopts into a settled ledger, and leaves there, becomes a row', async () => {
  await runAsBefore('reserve', `if adopt and call('HGET', KEYS[1], 'settled') == '1'`, 'if false')
  const sale = await settledSale()
  const { itemId } = sale
  const { epoch } = (await readItem(bench.stores.database, itemId))!
  const order = { orderId: deriveOrderId(itemId, 'ann', 'k').short, buyer: 'ann', quantity: 1, acceptedAtMs: 1 }
  const adopted = await adopt(before.redis, itemId, { owner: '', epoch, sequence: 0 }, [order])
  expect(adopted).toMatchObject({ verdicts: ['RESERVED'] })
  await createSettledSweep(bench.stores).look()
  const { signal } = new AbortController()
  const drains: Promise<void>[] = []
  const drain = async (id: number) => {
    drains.push(drainItem({ ...bench.stores, logger: silentLogger, signal }, id))
    await drains.at(-1)
  }
  await sweepOnce({ stores: bench.stores, logger: silentLogger, signal, drain, outboxAgeMaxMs: 0 })
  await Promise.all(drains)
  expect(await bench.stores.database.order.count({ where: { itemId } })).toBe(1)
})

test('a sweep of the version before finds nothing amiss with the state of a settled ledger', async () => {
  await runAsBefore('read-ledger', `= 'settled' end`, `= 'closed' end`)
  const sale = await settledSale()
  const [item, ledger] = [
    await readItem(bench.stores.database, sale.itemId),
    await readLedger(before.redis, sale.itemId),
  ]
  expect(ledger).toMatchObject({ state: 'closed' })
  expect(findAmiss(item!, ledger, 2_000)).toBeNull()
  expect(findAmiss({ ...item!, state: 'live', closesAtMs: Date.now() - 1_000 }, ledger, 2_000)).toBeNull()
})
