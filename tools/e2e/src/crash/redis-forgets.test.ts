import type { Redis } from 'ioredis'
import { expect, test } from 'vitest'
import { Client } from 'pg'
import { endSaleOf } from '@flash-sale/testing/end-sales'
import { eventually } from '@flash-sale/testing/eventually'
import { placePatiently, storm } from '@flash-sale/kit/place-order'
import { slow, startService } from '@flash-sale/testing/start-service'

async function copyOfItem(redis: Redis, itemId: number): Promise<() => Promise<void>> {
  const keys = ['ledger', 'buyers', 'orders', 'outbox'].map((name) => `{item:${itemId}}:${name}`)
  const copies = await Promise.all(keys.map(async (key) => [key, await redis.dumpBuffer(key)] as const))
  return async () => {
    for (const [key, copy] of copies) await (copy ? redis.restore(key, 0, copy, 'REPLACE') : redis.del(key))
  }
}

test(
  'Redis flushed between orders: 503 until the worker has rebuilt the ledger, then sold to the last unit',
  slow,
  async () => {
    const service = await startService()
    const [one, other, worker] = await Promise.all([service.startApi(), service.startApi(), service.startWorker()])
    const sale = await service.openSale(one, { total: 100, purchaseLimit: 1 })
    const apis = [sale.at(one), sale.at(other)]
    await storm(apis, 60, { prefix: 'early' })
    await sale.becomesExact()

    worker.kill('SIGSTOP')
    await service.redis.flushall()
    const wish = { buyer: 'between', key: 'k', quantity: 1 }
    for (const place of apis) expect(await place(wish)).toMatchObject({ outcome: 'UNAVAILABLE' })
    const soldOrder = sale.history.find(({ buyer }) => buyer === 'early-0')!.orderId!
    expect(await service.ops(one).readOrder(soldOrder)).toMatchObject({ ok: true, value: { status: 'confirmed' } })
    // An id of this item that nobody has: without a ledger nobody can say that there is no such order.
    const invented = `${soldOrder.slice(0, -4)}${soldOrder.endsWith('0000') ? '1111' : '0000'}`
    expect(await service.ops(one).readOrder(invented)).toMatchObject({ ok: false, problem: { code: 'UNAVAILABLE' } })

    worker.kill('SIGCONT')
    await storm(apis, 70, { prefix: 'late' })
    await sale.becomesExact()
    expect(sale.history.filter(({ outcome }) => outcome === 'ACCEPTED')).toHaveLength(100)
    expect(await service.ops(one).readOrder(invented)).toMatchObject({
      ok: false,
      problem: { code: 'ORDER_NOT_FOUND' },
    })
  },
)

test(
  'an old copy of the keys comes back, of the same epoch and of an older one: refused, rebuilt, sold to the last unit',
  slow,
  async () => {
    const service = await startService()
    const [one, other] = await Promise.all([service.startApi(), service.startApi(), service.startWorker()])
    const sale = await service.openSale(one, { total: 100, purchaseLimit: 1 })
    const apis = [sale.at(one), sale.at(other)]
    const epoch = () => service.redis.hget(`{item:${sale.itemId}}:ledger`, 'epoch').then(Number)
    await storm(apis, 20, { prefix: 'first' })
    await sale.becomesExact()
    const restore = await copyOfItem(service.redis, sale.itemId)

    await storm(apis, 20, { prefix: 'second' })
    await sale.becomesExact()
    await restore()
    await storm(apis, 20, { prefix: 'third' })
    await sale.becomesExact()
    const epochAfterSame = await epoch()
    expect(epochAfterSame).toBeGreaterThan(1)

    await restore()
    expect(await placePatiently(apis, { buyer: 'x', key: 'k', quantity: 1 }, { untilMs: 0 })).toMatchObject({
      outcome: 'UNAVAILABLE',
    })
    await storm(apis, 60, { prefix: 'fourth' })
    await sale.becomesExact()
    expect(await epoch()).toBeGreaterThan(epochAfterSame)
    expect(sale.history.filter(({ outcome }) => outcome === 'ACCEPTED')).toHaveLength(100)
  },
)

async function isSettled(databaseUrl: string, itemId: number): Promise<boolean> {
  const client = new Client({ connectionString: databaseUrl })
  await client.connect()
  const settled = await client.query('SELECT FROM sale_items WHERE id = $1 AND settled_at IS NOT NULL', [itemId])
  await client.end()
  return settled.rowCount === 1
}

test(
  'Redis flushed after a sale was settled: who asks for it is soon answered as before, and nobody for ever with 503',
  slow,
  async () => {
    const service = await startService()
    const [api] = await Promise.all([service.startApi(), service.startWorker()])
    const sale = await service.openSale(api, { total: 10, purchaseLimit: 1 })
    const place = sale.at(api)
    const early = { buyer: 'early', key: 'k', quantity: 1 }
    const { orderId } = await place(early)
    await endSaleOf(service.stores.database.url, sale.itemId)
    await service.redis.hset(`{item:${sale.itemId}}:ledger`, 'closesAt', Date.now() - 1_000)
    const settles = { what: 'the item to be settled', timeoutMs: 20_000 }
    await eventually(() => isSettled(service.stores.database.url, sale.itemId), settles)

    await service.redis.flushall()
    expect(await service.ops(api).readOrder(orderId!)).toMatchObject({ ok: true, value: { status: 'confirmed' } })
    const late = { buyer: 'late', key: 'k', quantity: 1 }
    expect(await place(late)).toMatchObject({ outcome: 'UNAVAILABLE' })
    expect(await placePatiently([place], late, { untilMs: 15_000 })).toMatchObject({ outcome: 'SALE_CLOSED' })
    expect(await place(early)).toMatchObject({ outcome: 'ACCEPTED', orderId })
    await eventually(() => isSettled(service.stores.database.url, sale.itemId), settles)
    const invented = `${orderId!.slice(0, -4)}${orderId!.endsWith('0000') ? '1111' : '0000'}`
    expect(await service.ops(api).readOrder(invented)).toMatchObject({
      ok: false,
      problem: { code: 'ORDER_NOT_FOUND' },
    })

    await service.redis.flushall()
    const answersAbsent = async () => {
      const read = await service.ops(api).readOrder(invented)
      expect(read).toMatchObject({ ok: false, problem: { code: 'ORDER_NOT_FOUND' } })
    }
    await eventually(answersAbsent, { what: 'an order that is none not to be found', timeoutMs: 15_000 })
    await sale.becomesExact()
  },
)
