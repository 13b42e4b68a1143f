import { joinedAgain } from '@flash-sale/upkeep/joined-again.fixture'
import { cp, rm } from 'node:fs/promises'
import { persistOrders } from '@flash-sale/database/persist-orders'
import { ledgerKeys } from '@flash-sale/stock/ledger-keys'
import { orderUuid } from '@flash-sale/stock/order-id'
import { readOutbox } from '@flash-sale/stock/outbox'
import { mutateScript } from '@flash-sale/testing/mutate-script'
import type { ShopOptions } from '@flash-sale/testing/open-shop'
import { openStores, silentLogger, type OpenStores } from '@flash-sale/testing/open-stores'
import { storm, type PlaceOrder } from '@flash-sale/kit/place-order'
import { newSale, setUpBench, type Bench, type TestSale } from '@flash-sale/testing/test-sale'
import { startTestRedis } from '@flash-sale/testing/test-redis'
import { rebuildItem } from '@flash-sale/upkeep/rebuild-item'
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { drainItem } from './drain-item.ts'
import { sweepOnce } from './sweep-once.fixture.ts'

/*
 * Each guard meets what it guards against, twice: in the build that has it, which ends exact, and in a mutant without it, which the
 * history checker convicts. So both the guard and the checker are shown to be needed.
 */

let bench: Bench
/** The stores as the API processes see them: their connection may run a mutant. */
let apiStores: OpenStores

beforeEach(async () => {
  bench = await setUpBench()
  apiStores = open()
})

afterEach(async () => {
  await apiStores.close()
  await bench.close()
})

function open(): OpenStores {
  return openStores({ redisUrl: bench.testStores.redis.url, databaseUrl: bench.testStores.database.url })
}

async function openSale(): Promise<TestSale & { openShop: (options?: ShopOptions) => Promise<{ place: PlaceOrder }> }> {
  const sale = await newSale(bench, { total: 10, purchaseLimit: 2 })
  await rebuildItem(bench.stores, sale.itemId, { waitMs: 5_000, onlyIfUnsound: true })
  return { ...sale, openShop: (options) => sale.openShop({ ...options, stores: apiStores }) }
}

const { signal } = new AbortController()

async function drain({ itemId }: TestSale): Promise<void> {
  const { redis, database, locks } = bench.stores
  await drainItem({ redis, database, locks, logger: silentLogger, signal }, itemId)
}

/** What a worker's sweeps do, until there is nothing to mend. */
async function sweep(sale: TestSale): Promise<void> {
  for (let i = 0; i < 3; i += 1) await sweepWith(sale, 0)
  await drain(sale)
}

/** One sweep, with the drains that it starts. */
async function sweepWith(sale: TestSale, outboxAgeMaxMs: number): Promise<void> {
  const drains: Promise<void>[] = []
  const drainLater = () => {
    drains.push(drain(sale))
    return drains.at(-1)!
  }
  await sweepOnce({ stores: bench.stores, logger: silentLogger, signal, drain: drainLater, outboxAgeMaxMs })
  await Promise.allSettled(drains)
}

/** The item's keys as they are now, and a way to put them back. */
async function copyKeys({ itemId }: TestSale): Promise<() => Promise<void>> {
  const { redis } = bench.stores
  const { lock: _, ...keys } = ledgerKeys(itemId)
  const copies = await Promise.all(Object.values(keys).map(async (key) => [key, await redis.dumpBuffer(key)] as const))
  return async () => {
    for (const [key, copy] of copies) await (copy ? redis.restore(key, 0, copy, 'REPLACE') : redis.del(key))
  }
}

async function soldOut(): Promise<TestSale> {
  const sale = await openSale()
  const { place } = await sale.openShop()
  await storm([place], 15)
  await sweep(sale)
  return sale
}

async function greedyBuyer(): Promise<TestSale> {
  const sale = await openSale()
  const { place } = await sale.openShop()
  for (let i = 0; i < 4; i += 1) await place({ buyer: 'greedy', key: `k${i}`, quantity: 1 })
  await sweep(sale)
  return sale
}

async function repeatedOrders(): Promise<TestSale> {
  const sale = await openSale()
  const [one, other] = [await sale.openShop(), await sale.openShop()]
  for (let i = 0; i < 3; i += 1) await storm([one.place, other.place], 4, { prefix: 'same' })
  // Only what the buyers did: a sweep would give back the units that a mutant took twice.
  await drain(sale)
  return sale
}

/** Each buyer presses twice without a key, at two processes whose clocks differ, in the same instant and a moment later. */
async function doubleClicks(): Promise<TestSale> {
  const sale = await openSale()
  const windowed = { duplicateWindowMs: 60_000 }
  const [one, other] = await Promise.all([
    sale.openShop(windowed),
    sale.openShop({ ...windowed, aheadMs: windowed.duplicateWindowMs }),
  ])
  for (let i = 0; i < 2; i += 1) {
    await storm([one.place], 4, { prefix: 'double' })
    await storm([other.place], 4, { prefix: 'double' })
  }
  await drain(sale)
  return sale
}

/** A Redis that died and came back with what it had a while ago: its ledger looks perfectly well. */
async function redisOfYesterday(): Promise<TestSale> {
  const sale = await openSale()
  await storm([(await sale.openShop()).place], 3, { prefix: 'yesterday' })
  await drain(sale)
  const { redis } = bench.testStores
  const yesterday = `${redis.dataDir}-yesterday`
  await cp(redis.dataDir, yesterday, { recursive: true })
  onTestFinished(() => rm(yesterday, { recursive: true, force: true }))
  await storm([(await sale.openShop()).place], 5, { prefix: 'today' })
  await drain(sale)
  redis.kill('SIGKILL')
  await redis.exited
  const back = await startTestRedis({ port: redis.port, dataDir: yesterday })
  onTestFinished(back.stop)
  await joinedAgain(bench.stores)
  await storm([(await sale.openShop()).place], 10, { prefix: 'after', untilMs: 0 })
  await sweep(sale)
  await storm([(await sale.openShop()).place], 10, { prefix: 'later', untilMs: 1_000 })
  await sweep(sale)
  return sale
}

/** An old copy of the item's keys comes back, in the same Redis, from before a rebuild. */
async function copyOfOlderEpoch(): Promise<TestSale> {
  const sale = await openSale()
  await storm([(await sale.openShop()).place], 3, { prefix: 'early' })
  await drain(sale)
  const restore = await copyKeys(sale)
  await rebuildItem(bench.stores, sale.itemId, { waitMs: 5_000, onlyIfUnsound: false })
  await storm([(await sale.openShop()).place], 5, { prefix: 'middle' })
  await drain(sale)
  await restore()
  await storm([(await sale.openShop()).place], 10, { prefix: 'after', untilMs: 0 })
  await sweep(sale)
  await storm([(await sale.openShop()).place], 10, { prefix: 'later', untilMs: 1_000 })
  await sweep(sale)
  return sale
}

/** An old copy of the item's keys comes back, in the same Redis, of the same epoch, while API processes go on. */
async function copyOfSameEpoch(): Promise<TestSale> {
  const sale = await openSale()
  const { place } = await sale.openShop()
  await storm([place], 3, { prefix: 'early' })
  await drain(sale)
  const restore = await copyKeys(sale)
  await storm([place], 5, { prefix: 'middle' })
  await drain(sale)
  await restore()
  await storm([place], 10, { prefix: 'after', untilMs: 0 })
  await sweep(sale)
  await storm([place], 10, { prefix: 'later', untilMs: 1_000 })
  await sweep(sale)
  return sale
}

const reserveScript = new URL('../../../packages/stock/src/reserve.lua', import.meta.url)

async function faultsOf(sale: TestSale): Promise<string[]> {
  return (await sale.violations()).map(({ invariant, fault }) => `${invariant} ${fault}`)
}

describe.each<[guard: string, run: () => Promise<TestSale>, fault: string]>([
  ['stock', soldOut, 'I1 ACCEPTED_IN_VAIN'],
  ['purchase limit', greedyBuyer, 'I1 ACCEPTED_IN_VAIN'],
  ['replay', repeatedOrders, 'I2 UNDERSOLD'],
  ['double click', doubleClicks, 'I6 KEY_WITH_TWO_ORDERS'],
  ['another Redis', redisOfYesterday, 'I1 ACCEPTED_IN_VAIN'],
  ['another epoch', copyOfOlderEpoch, 'I1 ACCEPTED_IN_VAIN'],
  ['rewound', copyOfSameEpoch, 'I1 ACCEPTED_IN_VAIN'],
])('the guard "%s" of reserve.lua', (guard, run, fault) => {
  test('keeps the item exact', async () => {
    const sale = await run()
    expect(await sale.violations()).toEqual([])
  })

  test('mutant: without it the checker convicts', async () => {
    await mutateScript(apiStores.redis, { name: 'reserve', file: reserveScript, keyCount: 5, guard })
    const sale = await run()
    expect(await faultsOf(sale)).toContain(fault)
  })
})

/** A worker is killed between its COMMIT and its acknowledgement, so the next worker persists the same orders again. */
async function persistedTwice(): Promise<TestSale> {
  const sale = await openSale()
  await storm([(await sale.openShop()).place], 5)
  const { redis, database } = bench.stores
  for (const { epoch, orders } of await readOutbox(redis, sale.itemId, 100)) {
    const rows = orders.map((order) => ({ ...order, orderId: orderUuid(order.orderId) }))
    await persistOrders(database, sale.itemId, { epoch }, rows)
  }
  await drain(sale)
  return sale
}

describe('the primary key of the orders', () => {
  test('counts an order once that is persisted twice', async () => {
    expect(await faultsOf(await persistedTwice())).toEqual([])
  })

  test('mutant: without it an order that is persisted twice has two rows, and the checker convicts', async () => {
    await bench.stores.database.$executeRaw`ALTER TABLE orders DROP CONSTRAINT orders_pkey`
    expect(await faultsOf(await persistedTwice())).toContain('I4 DUPLICATE')
  })
})

/** The queue lost the rings for some orders, and the worker sweeps. Entries of at most this age are left to the queue. */
async function withoutRings({ outboxAgeMaxMs }: { readonly outboxAgeMaxMs: number }): Promise<TestSale> {
  const sale = await openSale()
  await storm([(await sale.openShop()).place], 5)
  await sweepWith(sale, outboxAgeMaxMs)
  return sale
}

describe('the age at which the sweep takes an outbox entry', () => {
  test('persists the orders that nobody rang for', async () => {
    expect(await faultsOf(await withoutRings({ outboxAgeMaxMs: 0 }))).toEqual([])
  })

  test('mutant: without it the orders stay in the outbox, and the checker convicts', async () => {
    expect(await faultsOf(await withoutRings({ outboxAgeMaxMs: Infinity }))).toContain('I9 NOT_AT_REST')
  })
})
