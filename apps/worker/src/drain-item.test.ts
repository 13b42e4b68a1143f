import { acknowledge } from '@flash-sale/stock/acknowledge'
import { ledgerKeys } from '@flash-sale/stock/ledger-keys'
import { deriveOrderId } from '@flash-sale/stock/order-id'
import { readLedger } from '@flash-sale/stock/read-ledger'
import { readOutbox } from '@flash-sale/stock/outbox'
import { countCommands } from '@flash-sale/testing/count-commands'
import { installScripts } from '@flash-sale/testing/mutate-script'
import { silentLogger } from '@flash-sale/testing/open-stores'
import { pauseBefore } from '@flash-sale/testing/pausable-stores'
import { storm } from '@flash-sale/kit/place-order'
import { newSale, withBench, type TestSale } from '@flash-sale/testing/test-sale'
import { rebuildItem } from '@flash-sale/upkeep/rebuild-item'
import { restockItem } from '@flash-sale/upkeep/restock-item'
import { pino } from 'pino'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { drainItem, type DrainContext } from './drain-item.ts'

const bench = withBench()

async function openSale(total = 100, purchaseLimit = 2): Promise<TestSale> {
  const sale = await newSale(bench, { total, purchaseLimit })
  await rebuildItem(bench.stores, sale.itemId, { waitMs: 5_000, onlyIfUnsound: true })
  return sale
}

function drain({ itemId }: TestSale, other: Partial<DrainContext> = {}): Promise<void> {
  const { redis, database, locks } = bench.stores
  const { signal } = new AbortController()
  return drainItem({ redis, database, locks, logger: silentLogger, signal, ...other }, itemId)
}

/** Puts an entry in the outbox as the script would, of orders that it would never take. */
async function forgeEntry({ itemId }: TestSale, orders: readonly (readonly unknown[])[], fields = {}): Promise<void> {
  const columns = [0, 1, 2].map((column) => orders.map((order) => order[column]))
  const { epoch } = (await readLedger(bench.stores.redis, itemId)) as { epoch: number }
  const entry = {
    epoch,
    at: Date.now(),
    letters: 'A'.repeat(orders.length),
    orders: JSON.stringify(columns),
    ...fields,
  }
  await bench.stores.redis.xadd(ledgerKeys(itemId).outbox, '*', ...Object.entries(entry).flat().map(String))
}

function outboxLength({ itemId }: TestSale): Promise<number> {
  return bench.stores.redis.xlen(ledgerKeys(itemId).outbox)
}

async function rowsOf({ itemId }: TestSale): Promise<string[]> {
  const rows = await bench.stores.database.order.findMany({ where: { itemId }, orderBy: { number: 'asc' } })
  return rows.map(({ buyer, quantity, status, reason }) => [buyer, quantity, status, reason ?? ''].join(' ').trim())
}

test('everything that waits becomes rows, and the outbox empties', async () => {
  const sale = await openSale(3_000)
  const { place } = await sale.openShop()
  for (let i = 0; i < 10; i += 1) await storm([place], 200, { prefix: `crowd-${i}` })
  await drain(sale)
  expect(await outboxLength(sale)).toBe(0)
  expect(sale.history).toHaveLength(2_000)
  expect(await sale.violations()).toEqual([])
})

test('a drain ends with a read that was not full, since what comes meanwhile has its own ring', async () => {
  const sale = await openSale()
  await storm([(await sale.openShop()).place], 10)
  const read = vi.spyOn(bench.stores.redis, 'xrange')
  onTestFinished(() => read.mockRestore())
  await drain(sale)
  expect(read).toHaveBeenCalledOnce()
  expect(await outboxLength(sale)).toBe(0)
  expect(await sale.violations()).toEqual([])
})

test('many drains of one item at once count everything once', async () => {
  const sale = await openSale()
  const { place } = await sale.openShop()
  const selling = storm([place], 150)
  await Promise.all([selling, ...Array.from({ length: 6 }, () => drain(sale))])
  await Promise.all(Array.from({ length: 6 }, () => drain(sale)))
  expect(await sale.violations()).toEqual([])
})

test('entries of another item in the outbox become no rows, and lie aside after a drain or a rebuild', async () => {
  const [drained, rebuilt] = [await openSale(), await openSale()]
  for (const sale of [drained, rebuilt]) {
    const { short } = deriveOrderId(sale.itemId, 'stranger', 'k')
    await forgeEntry(sale, [[short, 'stranger', 1]], { birth: '7' })
    await storm([(await sale.openShop()).place], 3)
  }
  await drain(drained)
  await drain(drained)
  await rebuildItem(bench.stores, rebuilt.itemId, { waitMs: 5_000, onlyIfUnsound: false })
  for (const sale of [drained, rebuilt]) {
    expect(await outboxLength(sale)).toBe(0)
    expect(await sale.violations()).toEqual([])
    expect(await bench.stores.redis.xlen(`{item:${sale.itemId}}:aside:7:outbox`)).toBe(1)
  }
})

test('an entry stays in the outbox until its orders are committed', async () => {
  const sale = await openSale()
  await storm([(await sale.openShop()).place], 5)
  const entryCount = await outboxLength(sale)
  await bench.stores.database.$executeRaw`ALTER TABLE orders RENAME TO orders_away`
  await expect(drain(sale)).rejects.toThrow('orders')
  expect(await outboxLength(sale)).toBe(entryCount)
  await bench.stores.database.$executeRaw`ALTER TABLE orders_away RENAME TO orders`
  await drain(sale)
  expect(await sale.violations()).toEqual([])
})

test('mutant: a worker that acknowledges first and is killed before its commit loses orders, and the checker convicts it', async () => {
  const sale = await openSale()
  await storm([(await sale.openShop()).place], 5)
  const [entry] = await readOutbox(bench.stores.redis, sale.itemId, 1)
  await acknowledge(bench.stores.redis, sale.itemId, entry!, [entry!.id])
  await drain(sale)
  const faults = (await sale.violations()).map(({ invariant, fault }) => `${invariant} ${fault}`)
  expect(faults).toContain('I3 LOST')
})

test('a worker that is told to stop finishes the batch in hand and begins no other', async () => {
  const sale = await openSale(1_000)
  const { place } = await sale.openShop()
  for (let i = 0; i < 70; i += 1) await place({ buyer: `buyer-${i}`, key: 'k', quantity: 1 })
  const stopping = new AbortController()
  const stopped = drain(sale, { signal: stopping.signal })
  stopping.abort()
  await stopped
  expect(await outboxLength(sale)).toBe(6)
  await drain(sale)
  expect(await sale.violations()).toEqual([])
})

describe('a poison order', () => {
  /** What is wrong with it, its buyer, its quantity; and its id where that is what is wrong. */
  const poisons: [string, string, unknown, string?][] = [
    ['of a buyer with 200 characters', 'x'.repeat(200), 1],
    ['of a buyer with a NUL', 'a\0b', 1],
    ['of no buyer', '', 1],
    ['of no units', 'someone', 0],
    ['of fewer than no units', 'someone', -1],
    ['of more units than can be counted', 'someone', 3_000_000_000],
    ['of half a unit', 'someone', 0.5],
    ['without a quantity', 'someone', null],
    ['whose quantity is a word', 'someone', 'two'],
    ['with an id that is none', 'someone', 1, 'not-an-id'],
  ]
  const poisonOf = ({ itemId }: TestSale, [what, buyer, quantity, id]: (typeof poisons)[number]) => [
    id ?? deriveOrderId(itemId, buyer, what).short,
    buyer,
    quantity,
  ]
  const allPoisons = (sale: TestSale) => poisons.map((poison) => poisonOf(sale, poison))

  test.each(poisons)('%s is put aside, and the rest of its batch is persisted', async (...poison) => {
    const sale = await openSale()
    const good = (name: string) => [deriveOrderId(sale.itemId, name, 'k').short, name, 1]
    await forgeEntry(sale, [good('ann'), poisonOf(sale, poison), good('bob'), good('cai')])
    await drain(sale)
    expect(await outboxLength(sale)).toBe(0)
    const rows = await rowsOf(sale)
    expect(rows.filter((row) => row.includes('confirmed'))).toEqual(
      ['ann 1', 'bob 1', 'cai 1'].map((row) => `${row} confirmed`),
    )
    const { itemId } = sale
    expect(await bench.stores.database.quarantine.count({ where: { itemId } })).toBe(1)
  })

  test('does not stop the batches behind it, and several are each put aside', async () => {
    const sale = await openSale(1_000)
    const { place } = await sale.openShop()
    await storm([place], 20, { prefix: 'before' })
    await forgeEntry(sale, allPoisons(sale))
    await storm([place], 20, { prefix: 'behind' })
    await drain(sale)
    expect(await outboxLength(sale)).toBe(0)
    expect((await rowsOf(sale)).filter((row) => row.includes('confirmed'))).toHaveLength(40)
  })

  test('is put aside by a rebuild too', async () => {
    const sale = await openSale()
    await storm([(await sale.openShop()).place], 20)
    await forgeEntry(sale, allPoisons(sale))
    const rebuilt = await rebuildItem(bench.stores, sale.itemId, { waitMs: 5_000, onlyIfUnsound: false })
    expect(rebuilt).toMatchObject({ kind: 'REBUILT', available: 80 })
    const { itemId } = sale
    expect(await bench.stores.database.quarantine.count({ where: { itemId } })).toBe(poisons.length)
  })
})

function addEntry({ itemId }: TestSale, fields: (string | Buffer)[]): Promise<string | null> {
  return bench.stores.redis.xadd(ledgerKeys(itemId).outbox, '*', ...fields)
}

function quarantined({ itemId }: TestSale) {
  return bench.stores.database.quarantine.findMany({ where: { itemId } })
}

describe('an outbox entry that is none of ours', () => {
  const one = deriveOrderId(1, 'someone', 'k').short
  const binary = Buffer.from([0xff, 0xfe, 0x00])
  const foreign: [string, (string | Buffer)[]][] = [
    ['of one strange field', ['foo', 'bar']],
    ['of bytes that are no text', [binary, binary]],
    ['with orders that are no JSON', ['epoch', '1', 'at', '1', 'letters', 'A', 'orders', '[["x"']],
    ['without orders', ['epoch', '1', 'at', '1', 'letters', '', 'orders', '[[],[],[]]']],
    ['with more letters than orders', ['epoch', '1', 'at', '1', 'letters', 'AA', 'orders', `[["${one}"],["a"],[1]]`]],
    ['with an order without id', ['epoch', '1', 'at', '1', 'letters', 'A', 'orders', '[[null],["a"],[1]]']],
    ['without an epoch', ['at', '1', 'letters', 'A', 'orders', `[["${one}"],["a"],[1]]`]],
    [
      'with an adopted order of a letter that is none',
      ['epoch', '1', 'at', '1', 'letters', 'Z', 'orders', `[["${one}"],["a"],[1],[1]]`],
    ],
  ]
  test.each(foreign)('%s is put aside as it is, and the orders around it are persisted', async (_what, fields) => {
    const sale = await openSale()
    const { place } = await sale.openShop()
    await storm([place], 2, { prefix: 'before' })
    const entryId = await addEntry(sale, fields)
    await storm([place], 2, { prefix: 'behind' })
    await drain(sale)
    expect(await outboxLength(sale)).toBe(0)
    expect(await rowsOf(sale)).toHaveLength(4)
    const payload = fields.map((field) => Buffer.from(field).toString('base64'))
    expect(await quarantined(sale)).toMatchObject([{ orderId: entryId, kind: 'entry', payload }])
    expect(await sale.violations()).toEqual([])
  })

  test('is put aside by a rebuild too', async () => {
    const sale = await openSale()
    for (const [, fields] of foreign) await addEntry(sale, fields)
    await rebuildItem(bench.stores, sale.itemId, { waitMs: 5_000, onlyIfUnsound: false })
    expect(await quarantined(sale)).toHaveLength(foreign.length)
    expect(await outboxLength(sale)).toBe(0)
  })

  test('and cannot be deleted, ends the drain: it is not read again and again', async () => {
    const sale = await openSale()
    await addEntry(sale, foreign[0]![1])
    const redis = bench.stores.redis.duplicate()
    await installScripts(redis, [{ name: 'discard-entry', keyCount: 1, lua: 'return 0' }])
    const commands = await countCommands(bench.stores.redis, () => drain(sale, { redis }))
    redis.disconnect()
    expect(commands).toBeLessThan(20)
    expect(await outboxLength(sale)).toBe(1)
  })
})

describe('orders that the ledger should not have accepted', () => {
  test('become rejected rows, suspend the ledger, and the rebuilt one sells the rest exactly', async () => {
    const sale = await openSale(10)
    const { place } = await sale.openShop()
    await storm([place], 9)
    await bench.stores.redis.hset(ledgerKeys(sale.itemId).ledger, 'available', 5)
    await storm([place], 5, { prefix: 'over' })
    await drain(sale)
    expect(await place({ buyer: 'late', key: 'k', quantity: 1 })).toMatchObject({ outcome: 'UNAVAILABLE' })
    await rebuildItem(bench.stores, sale.itemId, { waitMs: 5_000, onlyIfUnsound: true })
    expect((await rowsOf(sale)).filter((row) => row.endsWith('rejected SOLD_OUT'))).toHaveLength(4)
    expect(await place({ buyer: 'later', key: 'k', quantity: 1 })).toMatchObject({ outcome: 'SOLD_OUT' })
    expect(await sale.violations({ redisForgot: true })).toEqual([])
  })
})

describe('what only a stopped worker holds, because Redis lost it,', () => {
  const anyway = { waitMs: 5_000, onlyIfUnsound: false }

  /** Drains in a worker that stops before it persists. Redis loses the item and is rebuilt before the worker goes on. */
  async function drainAcross(sale: TestSale, change: () => Promise<unknown>): Promise<string[]> {
    const worker = pauseBefore(2, bench.stores)
    const lines: string[] = []
    const logger = pino({ level: 'error' }, { write: (line) => void lines.push(String(JSON.parse(line).msg)) })
    const { redis, database, locks } = worker.stores
    const drained = drain(sale, { redis, database, locks, logger })
    await worker.paused
    await bench.stores.redis.del(Object.values(ledgerKeys(sale.itemId)))
    await change()
    await rebuildItem(bench.stores, sale.itemId, anyway)
    worker.resume()
    await drained
    await drain(sale)
    return lines
  }

  test('is adopted to the last entry, though Postgres was restored from before them', async () => {
    const sale = await openSale()
    const { itemId } = sale
    for (let i = 0; i < 2; i += 1) await rebuildItem(bench.stores, itemId, anyway)
    const { place } = await sale.openShop()
    await storm([place], 4, { prefix: 'before' })
    await restockItem(bench.stores, itemId, { key: 'more', units: 10 }, 5_000)
    await storm([place], 4, { prefix: 'after' })
    const lines = await drainAcross(sale, () =>
      bench.stores.database.saleItem.update({ where: { id: itemId }, data: { epoch: 0 } }),
    )
    expect(lines).toEqual([])
    expect(await rowsOf(sale)).toHaveLength(8)
    expect(await sale.violations()).toEqual([])
  })

  test('is told of when the number is given to another item', async () => {
    const sale = await openSale()
    const { itemId } = sale
    await storm([(await sale.openShop()).place], 4)
    const lines = await drainAcross(sale, () =>
      bench.stores.database.saleItem.update({ where: { id: itemId }, data: { birth: 4_711n } }),
    )
    expect(new Set(lines)).toEqual(new Set(['orders of another item were let go']))
    expect(await rowsOf(sale)).toEqual([])
  })
})
