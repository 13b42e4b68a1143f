import { ledgerKeys } from '@flash-sale/stock/ledger-keys'
import { readLedger } from '@flash-sale/stock/read-ledger'
import { storm } from '@flash-sale/kit/place-order'
import { newSale, withBench, type TestSale } from '@flash-sale/testing/test-sale'
import { describe, expect, test } from 'vitest'
import { auditOnce } from './audit-item.ts'
import { rebuildItem } from './rebuild-item.ts'
import type { Stores } from './stores.ts'

const bench = withBench()
const ifUnsound = { waitMs: 10_000, onlyIfUnsound: true }

/** A sale of which some orders are rows, some wait in the outbox, and some only the ledger remembers. */
async function sellSome(total = 20): Promise<TestSale> {
  const sale = await newSale(bench, { total, purchaseLimit: 2 })
  await rebuildItem(bench.stores, sale.itemId, ifUnsound)
  const { place } = await sale.openShop()
  await storm([place], 4, { prefix: 'rows' })
  await rebuildItem(bench.stores, sale.itemId, { ...ifUnsound, onlyIfUnsound: false })
  await storm([place], 3, { prefix: 'remembered' })
  await bench.stores.redis.del(ledgerKeys(sale.itemId).outbox)
  await storm([place], 2, { prefix: 'waiting' })
  return sale
}

/** As a restore from before the sale leaves it, when another item is given its number. */
async function giveNumberToAnother({ itemId }: TestSale): Promise<void> {
  const { database } = bench.stores
  const item = await database.saleItem.findUniqueOrThrow({ where: { id: itemId } })
  await database.order.deleteMany({ where: { itemId } })
  await database.buyerQuota.deleteMany({ where: { itemId } })
  await database.saleItem.delete({ where: { id: itemId } })
  const { saleId, priceCents, purchaseLimit } = item
  const names = { sku: 'OTHER', name: 'Another item' }
  await database.saleItem.create({ data: { id: itemId, saleId, priceCents, purchaseLimit, total: 5, ...names } })
}

describe('an item that has the number of another', () => {
  test.each([
    ['the ledger', () => []],
    ['the ledger, made by the version before', () => ['birth']],
    ['its lists, but no ledger', () => ['all']],
  ])('takes nothing from what it left: %s', async (_, lost) => {
    const sale = await sellSome()
    const { ledger, orders, outbox } = ledgerKeys(sale.itemId)
    const { redis, database } = bench.stores
    for (const field of lost()) await (field === 'all' ? redis.del(ledger) : redis.hdel(ledger, field))
    const left = [await redis.hlen(orders), await redis.xlen(outbox)]
    await giveNumberToAnother(sale)
    expect(await auditOnce(bench.stores, sale.itemId)).toBe('NOT_LOADED')

    const rebuilt = await rebuildItem(bench.stores, sale.itemId, ifUnsound)
    expect(rebuilt).toMatchObject({ kind: 'REBUILT', available: 5, movedAside: { orderCount: 9, entryCount: 1 } })
    expect(await database.order.count({ where: { itemId: sale.itemId } })).toBe(0)
    const { prefix } = (rebuilt as { movedAside: { prefix: string } }).movedAside
    expect([await redis.hlen(`${prefix}orders`), await redis.xlen(`${prefix}outbox`)]).toEqual(left)
    expect(await readLedger(redis, sale.itemId)).toMatchObject({ state: 'live', total: 5, available: 5 })
    expect(await rebuildItem(bench.stores, sale.itemId, ifUnsound)).toEqual({ kind: 'SOUND_ALREADY' })
  })

  test('is not sold by a process that knew the other one', async () => {
    const sale = await sellSome()
    const { place } = await sale.openShop()
    await giveNumberToAnother(sale)
    await rebuildItem(bench.stores, sale.itemId, ifUnsound)
    const answers = await storm([place], 8, { prefix: 'late' })
    expect(answers.filter(({ outcome }) => outcome === 'ACCEPTED')).toHaveLength(5)
    expect(answers.filter(({ outcome }) => outcome === 'SOLD_OUT')).toHaveLength(3)
  })
})

/** What a restore takes back. */
async function takeBack({ itemId }: TestSale, data: object): Promise<void> {
  const { database } = bench.stores
  await database.order.deleteMany({ where: { itemId } })
  await database.buyerQuota.deleteMany({ where: { itemId } })
  // The trigger would raise the version of the total.
  await database.$executeRaw`ALTER TABLE sale_items DISABLE TRIGGER sale_items_total_version`
  await database.saleItem.update({ where: { id: itemId }, data: { persisted: 0, ...data } })
  await database.$executeRaw`ALTER TABLE sale_items ENABLE TRIGGER sale_items_total_version`
}

describe('a Postgres that was restored from before what the ledger knows', () => {
  test.each([
    ['its epoch', { epoch: 1 }, {}],
    ['a total, and who sold it was suspended', { epoch: 2, total: 6, totalVersion: 0 }, { state: 'rebuilding' }],
    ['a total, and Redis restarted meanwhile', { epoch: 2, total: 6, totalVersion: 0 }, { stamp: 'f'.repeat(40) }],
    ['a total that the version before raised', { epoch: 2, total: 6, totalVersion: 0 }, { totalVersion: '0' }],
  ])('has it back, with every order that was accepted: %s', async (_, forgotten, ledger) => {
    const sale = await sellSome()
    const { redis, database } = bench.stores
    await redis.hset(ledgerKeys(sale.itemId).ledger, { totalVersion: '1', ...ledger })
    await takeBack(sale, forgotten)
    const rebuilt = await rebuildItem(bench.stores, sale.itemId, ifUnsound)
    expect(rebuilt).toMatchObject({ kind: 'REBUILT', epoch: 3, available: 11, broughtBack: { total: 20, epoch: 2 } })
    expect(await database.order.count({ where: { itemId: sale.itemId, status: 'confirmed' } })).toBe(9)
    expect(await sale.violations()).toEqual([])
    expect(await rebuildItem(bench.stores, sale.itemId, ifUnsound)).toEqual({ kind: 'SOUND_ALREADY' })
  })
})

/** The stores of a process for which Postgres is restored right before it is first asked for `question`, once `after` was asked. */
function restoredBefore(question: string, restore: () => Promise<unknown>, after = ''): Stores {
  let isRestored = false
  let isTime = false
  const isAsked = (strings: unknown) => {
    if (!Array.isArray(strings)) return false
    const text = strings.join('?')
    const isNow = isTime && text.includes(question)
    isTime ||= text.includes(after)
    return isNow || (after === '' && text.includes(question))
  }
  const database = new Proxy(bench.stores.database, {
    get(target, property) {
      const value: unknown = Reflect.get(target, property)
      if (typeof value !== 'function') return value
      return async (...args: unknown[]) => {
        if (!isRestored && isAsked(args[0])) {
          isRestored = true
          await restore()
        }
        return value.apply(target, args) as unknown
      }
    },
  })
  return { ...bench.stores, database }
}

/** Some orders are in the hashes alone. */
async function sellIntoHashes(): Promise<TestSale> {
  const sale = await sellSome()
  await bench.stores.redis.del(ledgerKeys(sale.itemId).outbox)
  return sale
}

describe('a Postgres that is restored during a rebuild', () => {
  const anyway = { ...ifUnsound, onlyIfUnsound: false }

  test('to before the item loses no order that only the hashes know', async () => {
    const sale = await sellIntoHashes()
    const { itemId } = sale
    const { database } = bench.stores
    const item = await database.saleItem.findUniqueOrThrow({ where: { id: itemId } })
    const stores = restoredBefore('persist_orders(', async () => {
      await database.order.deleteMany({ where: { itemId } })
      await database.buyerQuota.deleteMany({ where: { itemId } })
      await database.saleItem.delete({ where: { id: itemId } })
    })
    await expect(rebuildItem(stores, itemId, anyway)).rejects.toThrow('Postgres was restored during the rebuild')
    await database.saleItem.create({ data: { ...item, persisted: 0 } })
    expect(await rebuildItem(bench.stores, itemId, anyway)).toMatchObject({ kind: 'REBUILT', available: 11 })
    expect(await sale.violations()).toEqual([])
  })

  test('to before the epoch, when the orders had been saved, loses no order that only the hashes know', async () => {
    const sale = await sellIntoHashes()
    const restore = () => takeBack(sale, { epoch: 1 })
    const stores = restoredBefore('JOIN sales', restore, 'persist_orders(')
    await expect(rebuildItem(stores, sale.itemId, anyway)).rejects.toThrow('Postgres was restored during the rebuild')
    expect(await rebuildItem(bench.stores, sale.itemId, anyway)).toMatchObject({ kind: 'REBUILT', available: 11 })
    expect(await sale.violations()).toEqual([])
  })

  test.each([
    ['before its orders are offered', 'persist_orders('],
    ['before the epoch is raised', 'SET epoch'],
  ])('to another item of the same number and fence gives that one no order and no ledger: %s', async (_, question) => {
    const { itemId } = await sellIntoHashes()
    const { database, redis } = bench.stores
    const rowCount = await database.order.count({ where: { itemId } })
    const stores = restoredBefore(question, () =>
      database.saleItem.update({ where: { id: itemId }, data: { birth: 4_711n } }),
    )
    await expect(rebuildItem(stores, itemId, anyway)).rejects.toThrow(/restored|taken over/)
    expect(await database.order.count({ where: { itemId } })).toBe(rowCount)
    expect(await redis.hget(ledgerKeys(itemId).ledger, 'state')).toBe('rebuilding')
    expect(await rebuildItem(bench.stores, itemId, anyway)).toMatchObject({ movedAside: { orderCount: 9 } })
  })
})
