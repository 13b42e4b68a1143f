import { orderStatusFacts, takesUnits } from '@flash-sale/contract/order-statuses'
import { ordersOfItem, type OrderRow } from '@flash-sale/database/read-orders'
import { ledgerKeys, type LedgerKeys } from '@flash-sale/stock/ledger-keys'
import { deriveOrderId, shortOrderId } from '@flash-sale/stock/order-id'
import { packOrder } from '@flash-sale/stock/packed-order'
import { readLedger } from '@flash-sale/stock/read-ledger'
import { newSale, withBench } from '@flash-sale/testing/test-sale'
import { storeOrders } from '@flash-sale/testing/store-orders'
import { array, assert, asyncProperty, constantFrom, integer, record } from 'fast-check'
import { describe, expect, test } from 'vitest'
import { watchQuestions } from './watch-questions.fixture.ts'
import { rebuildItem } from './rebuild-item.ts'

const bench = withBench()

const anyway = { waitMs: 10_000, onlyIfUnsound: false }
const patient = { timeout: 300_000 }
const longField = { '\0': '-'.repeat(65) }
const oddNames = ['ann', 'O"Hara \\ Söhne', '李小龍', '🛒', "d'Arc:1:2", '{item:1}', 'x'.repeat(128)]

async function rowsOf(itemId: number): Promise<OrderRow[]> {
  const rows: OrderRow[] = []
  for await (const page of ordersOfItem(bench.stores.database, itemId, 10_000)) rows.push(...page)
  return rows
}

/** What of an item is in Redis. */
async function keysOf(itemId: number): Promise<string[]> {
  return (await bench.stores.redis.keys(`{item:${itemId}}:*`)).toSorted()
}

/** What a ledger has to hold, by its rows read one by one. */
function hashesOf(rows: readonly OrderRow[]): { orders: Record<string, string>; buyers: Record<string, string> } {
  const orders: Record<string, string> = { ...longField }
  const units = new Map<string, number>()
  for (const { orderId, buyer, quantity, status, acceptedAt } of rows) {
    const standing = orderStatusFacts[status].units
    orders[shortOrderId(orderId)] = packOrder({ buyer, quantity, acceptedAtMs: acceptedAt.getTime(), standing })
    if (takesUnits(status)) units.set(buyer, (units.get(buyer) ?? 0) + quantity)
  }
  const buyers = Object.fromEntries([...units].map(([buyer, held]) => [buyer, String(held)]))
  return { orders, buyers: { ...longField, ...buyers } }
}

async function expectExact(itemId: number): Promise<void> {
  const { redis, database } = bench.stores
  const rows = await rowsOf(itemId)
  const { orders, buyers } = ledgerKeys(itemId)
  const stored = { orders: await redis.hgetall(orders), buyers: await redis.hgetall(buyers) }
  expect(stored).toEqual(hashesOf(rows))
  const held = rows.filter(({ status }) => takesUnits(status)).reduce((sum, { quantity }) => sum + quantity, 0)
  const { total } = await database.saleItem.findUniqueOrThrow({ where: { id: itemId } })
  expect(await readLedger(redis, itemId)).toMatchObject({ total, available: total - held, outboxLength: 0 })
}

/** An item with orders of every status, of buyers with names of every kind, some of whom have several. */
async function saleOfEveryKind(): Promise<number> {
  const { itemId } = await newSale(bench, { total: 500, purchaseLimit: 9 })
  const statuses = ['confirmed', 'paid', 'cancelled', 'expired', 'rejected']
  await bench.stores.database.$executeRaw`
    INSERT INTO orders (id, item_id, buyer, quantity, status, accepted_at)
    SELECT gen_random_uuid(), ${itemId}, (${oddNames}::text[])[1 + n % 7], 1 + n % 2,
      ((${statuses}::text[])[1 + n % 5])::order_status, to_timestamp(1764160000.123 + n * 0.777)
    FROM generate_series(1, 60) n`
  await storeOrders(bench.testStores.database.url, itemId, { count: 20, status: 'cancelled', prefix: 'gone' })
  return itemId
}

test('a ledger that was lost comes back with each order as it is in Postgres', async () => {
  const itemId = await saleOfEveryKind()
  for (const ordersPerPart of [1_000, 10]) {
    await bench.stores.redis.del(Object.values(ledgerKeys(itemId)))
    expect(await rebuildItem(bench.stores, itemId, { ...anyway, ordersPerPart })).toMatchObject({ kind: 'REBUILT' })
    await expectExact(itemId)
  }
})

type Damage = (keys: LedgerKeys, n: number, itemId: number) => Promise<unknown>

/** What can have happened to the hashes of a ledger, or to one of their fields. */
const damages: Record<string, Damage> = {
  'orders deleted': ({ orders }) => bench.stores.redis.del(orders),
  'buyers deleted': ({ buyers }) => bench.stores.redis.del(buyers),
  'ledger deleted': ({ ledger }) => bench.stores.redis.del(ledger),
  'orders of another type': ({ orders }) => bench.stores.redis.set(orders, 'a string'),
  'long field gone': ({ orders, buyers }, n) => change(n % 2 ? orders : buyers, '\0', undefined),
  'an order forgotten': async ({ orders }, n) => change(orders, await fieldOf(orders, n), undefined),
  'an order changed': async ({ orders }, n) => change(orders, await fieldOf(orders, n), '9:1:somebody else'),
  'a buyer forgotten': async ({ buyers }, n) => change(buyers, await fieldOf(buyers, n), undefined),
  'units of a buyer changed': async ({ buyers }, n) => change(buyers, await fieldOf(buyers, n), String(n)),
  'a buyer who has nothing': ({ buyers }, n) => change(buyers, `nobody-${n}`, '1'),
  'an order whose id is none': ({ orders }, n) => change(orders, `id-${n}`, '1:1764160000500:ann'),
  'a foreign field': ({ orders }, n) => change(orders, `foo-${n}`, 'bar'),
  'an order that only the ledger remembers': (_, n, itemId) => rememberOrder(itemId, `late-${n}`),
}

/** Sets or deletes a field, unless the key is no hash any more. */
async function change(key: string, field: string, value: string | undefined): Promise<void> {
  const { redis } = bench.stores
  if ((await redis.type(key)) === 'string') return
  await (value === undefined ? redis.hdel(key, field) : redis.hset(key, field, value))
}

async function fieldOf(key: string, n: number): Promise<string> {
  const { redis } = bench.stores
  if ((await redis.type(key)) === 'string') return 'none'
  const fields = (await redis.hkeys(key)).filter((field) => field !== '\0').toSorted()
  return fields[n % Math.max(1, fields.length)] ?? 'none'
}

async function rememberOrder(itemId: number, buyer: string): Promise<void> {
  const order = { buyer, quantity: 1, acceptedAtMs: 1_764_160_000_500, standing: 'held' } as const
  await change(ledgerKeys(itemId).orders, deriveOrderId(itemId, buyer, 'k').short, packOrder(order))
}

test('whatever happened to its hashes, a rebuilt ledger holds exactly the rows', patient, async () => {
  const damage = record({ what: constantFrom(...Object.keys(damages)), n: integer({ min: 0, max: 99 }) })
  const itemId = await saleOfEveryKind()
  await rebuildItem(bench.stores, itemId, anyway)
  const property = asyncProperty(array(damage, { maxLength: 6 }), integer({ min: 5, max: 200 }), async (done, size) => {
    for (const { what, n } of done) await damages[what]!(ledgerKeys(itemId), n, itemId)
    expect(await rebuildItem(bench.stores, itemId, { ...anyway, ordersPerPart: size })).toMatchObject({
      kind: 'REBUILT',
    })
    await expectExact(itemId)
  })
  await assert(property, { numRuns: 60 })
})

test('an order that only the ledger remembers becomes a row, and only what Postgres lacks is offered', async () => {
  const itemId = await saleOfEveryKind()
  await rebuildItem(bench.stores, itemId, anyway)
  for (const buyer of ['late-1', 'late-2', 'late-3']) await rememberOrder(itemId, buyer)
  const { stores, offeredCount } = watchQuestions(bench.stores)
  await rebuildItem(stores, itemId, anyway)
  expect(offeredCount()).toBe(3)
  expect((await rowsOf(itemId)).map(({ buyer }) => buyer)).toEqual(
    expect.arrayContaining(['late-1', 'late-2', 'late-3']),
  )
  await expectExact(itemId)
})

describe('a ledger of many orders', () => {
  const orderCount = Number(process.env['REBUILD_ORDERS'] ?? 50_000)

  async function largeSale(): Promise<number> {
    const { itemId } = await newSale(bench, { total: 2 * orderCount, purchaseLimit: 1 })
    await storeOrders(bench.testStores.database.url, itemId, { count: orderCount })
    await rebuildItem(bench.stores, itemId, anyway)
    return itemId
  }

  test('that is right costs reads alone: nothing is offered, nothing is written, no key is made', patient, async () => {
    const itemId = await largeSale()
    const { redis } = bench.stores
    const keysBefore = await keysOf(itemId)
    const { stores, offeredCount } = watchQuestions(bench.stores)
    await redis.config('RESETSTAT')
    expect(await rebuildItem(stores, itemId, anyway)).toMatchObject({ kind: 'REBUILT', available: orderCount })
    expect(offeredCount()).toBe(0)
    const stats = await redis.info('commandstats')
    const writes = [...stats.matchAll(/cmdstat_(?:hset|hdel|rename|xadd):calls=(\d+)/g)].map(([, calls]) =>
      Number(calls),
    )
    // The state, the birth, then the new head: however many orders there are.
    expect(writes.reduce((sum, calls) => sum + calls, 0)).toBeLessThanOrEqual(5)
    expect(await keysOf(itemId)).toEqual(keysBefore)
  })

  test('is rebuilt in a Redis that has room for a quarter more, and leaves nothing behind', patient, async () => {
    const itemId = await largeSale()
    const { redis } = bench.stores
    const keysBefore = await keysOf(itemId)
    const used = Number(/used_memory:(\d+)/.exec(await redis.info('memory'))![1])
    await redis.config('SET', 'maxmemory', Math.round(used * 1.25))
    try {
      for (const lost of ['ledger', 'buyers'] as const) {
        await redis.del(ledgerKeys(itemId)[lost])
        expect(await rebuildItem(bench.stores, itemId, anyway)).toMatchObject({ kind: 'REBUILT' })
        expect(await keysOf(itemId)).toEqual(keysBefore)
      }
    } finally {
      await redis.config('SET', 'maxmemory', '0')
    }
  })
})

test('when each backend that is asked is killed once, a rebuild repeats its questions and ends', async () => {
  const itemId = await saleOfEveryKind()
  await rebuildItem(bench.stores, itemId, anyway)
  await rememberOrder(itemId, 'late')
  const { stores, killedCount } = watchQuestions(bench.stores, { killFirstOfEach: true })
  expect(await rebuildItem(stores, itemId, { ...anyway, ordersPerPart: 20 })).toMatchObject({ kind: 'REBUILT' })
  expect(killedCount()).toBeGreaterThanOrEqual(5)
  await expectExact(itemId)
})
