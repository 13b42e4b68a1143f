import { readLuaScript } from '@flash-sale/runtime/lua-script'
import { readItem } from '@flash-sale/database/items'
import { setSaleState } from '@flash-sale/database/sales'
import { deriveOrderId, orderUuid } from '@flash-sale/stock/order-id'
import { readOutbox } from '@flash-sale/stock/outbox'
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
  const { birth, epoch } = (await readItem(bench.stores.database, itemId))!
  const order = { orderId: deriveOrderId(itemId, 'ann', 'k').short, buyer: 'ann', quantity: 1, acceptedAtMs: 1 }
  const adopted = await adopt(before.redis, itemId, { owner: '', birth, epoch, sequence: 0 }, [order])
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

/** A ledger as the version before made it, which knew neither births nor versions of totals, with an order that waits in its outbox. */
async function saleOfVersionBefore(): Promise<TestSale> {
  const sale = await newSale(bench, { total: 10, purchaseLimit: 2 })
  await rebuildItem(bench.stores, sale.itemId, { waitMs: 5_000, onlyIfUnsound: true })
  await before.redis.hdel(`{item:${sale.itemId}}:ledger`, 'birth', 'totalVersion', 'saleId')
  await before.redis.del('{flash-sale}:deployment', '{flash-sale}:numbers')
  await bench.stores.database.deployment.updateMany({ data: { redisId: null, redisRun: null, redisSeenAt: null } })
  const { place } = await sale.openShop()
  expect(await place({ buyer: 'ann', key: 'k', quantity: 1 })).toMatchObject({ outcome: 'ACCEPTED' })
  return sale
}

async function sweepAndDrain(): Promise<void> {
  const { signal } = new AbortController()
  const drains: Promise<void>[] = []
  const drain = async (id: number) => {
    drains.push(drainItem({ ...bench.stores, logger: silentLogger, signal }, id))
    await drains.at(-1)
  }
  for (let i = 0; i < 2; i += 1) {
    await sweepOnce({ stores: bench.stores, logger: silentLogger, signal, drain, outboxAgeMaxMs: 0 })
    await Promise.all(drains)
  }
}

test('a ledger that the version before made goes on selling, and its orders become rows', async () => {
  const sale = await saleOfVersionBefore()
  await sweepAndDrain()
  const { place } = await sale.openShop()
  expect(await place({ buyer: 'bob', key: 'k', quantity: 1 })).toMatchObject({ outcome: 'ACCEPTED' })
  await sweepAndDrain()
  expect(await sale.violations()).toEqual([])
  expect(await readLedger(bench.stores.redis, sale.itemId)).toMatchObject({ epoch: 1, birth: '', available: 8 })
})

test('a restock of a ledger that the version before made reaches it, and its rebuild gives it a birth', async () => {
  const sale = await saleOfVersionBefore()
  const { redis, database } = bench.stores
  await database.saleItem.update({ where: { id: sale.itemId }, data: { total: 12 } })
  await sweepAndDrain()
  expect(await readLedger(redis, sale.itemId)).toMatchObject({ epoch: 1, total: 12, totalVersion: 1, available: 11 })
  await rebuildItem(bench.stores, sale.itemId, { waitMs: 5_000, onlyIfUnsound: false })
  const { birth } = (await readItem(database, sale.itemId))!
  expect(await readLedger(redis, sale.itemId)).toMatchObject({ epoch: 2, birth, totalVersion: 1 })
  expect(await sale.violations()).toEqual([])
})

test('a worker of the version before persists what an API of this one accepted', async () => {
  const sale = await saleOfVersionBefore()
  const { itemId } = sale
  const [entry] = await readOutbox(bench.stores.redis, itemId, 10)
  const [order] = entry!.orders
  // It calls the function with eight parameters, and reads the four fields that it knows.
  const [row] = await bench.stores.database.$queryRaw<[{ outcomes: string[] }]>`
    SELECT persist_orders(${itemId}::int, 1::int, NULL::bigint, ${[orderUuid(order!.orderId)]}::uuid[], ARRAY['ann'],
      ARRAY[1], ARRAY[1]::float8[], NULL::text[]) AS outcomes`
  expect(row.outcomes).toEqual(['confirmed'])
})
