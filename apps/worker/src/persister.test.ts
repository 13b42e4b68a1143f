import { readItem } from '@flash-sale/database/items'
import { createDoorbell, orderQueueName, queuePrefix, type Doorbell } from '@flash-sale/queue/order-queue'
import { closeRedis, connectRedis, whenReady } from '@flash-sale/runtime/redis'
import { ledgerKeys } from '@flash-sale/stock/ledger-keys'
import { readOutbox } from '@flash-sale/stock/outbox'
import { readLedger } from '@flash-sale/stock/read-ledger'
import { createEndedItems } from '@flash-sale/testing/end-sales'
import { eventually } from '@flash-sale/testing/eventually'
import { silentLogger } from '@flash-sale/testing/open-stores'
import { storm } from '@flash-sale/kit/place-order'
import { newSale, setUpBench, type Bench, type TestSale } from '@flash-sale/testing/test-sale'
import { rebuildItem } from '@flash-sale/upkeep/rebuild-item'
import type { Redis } from 'ioredis'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { startPersister, type OrderPersister } from './persister.ts'

let bench: Bench
let queueRedis: Redis
let bellRedis: Redis
let doorbell: Doorbell

beforeEach(async () => {
  bench = await setUpBench()
  queueRedis = connect('queue-worker')
  bellRedis = connect('queue-producer')
  await whenReady(bellRedis, 5_000)
  doorbell = createDoorbell(bellRedis, () => undefined)
})

afterEach(async () => {
  await doorbell.close()
  await Promise.all([closeRedis(queueRedis), closeRedis(bellRedis)])
  await bench.close()
})

function connect(role: 'queue-worker' | 'queue-producer'): Redis {
  return connectRedis({ url: bench.testStores.redis.url, role, logger: silentLogger })
}

function startWorker(): OrderPersister {
  const { redis, database } = bench.stores
  return startPersister({ redis, queueRedis, database }, silentLogger)
}

async function openSale(payment: { payWithinSeconds?: number } = {}): Promise<TestSale> {
  const sale = await newSale(bench, { total: 1_000, purchaseLimit: 1, ...payment })
  await rebuildItem(bench.stores, sale.itemId, { waitMs: 5_000, onlyIfUnsound: true })
  return sale
}

/** Rings for every entry that waits, as the API does at once. */
async function ring({ itemId }: TestSale): Promise<void> {
  for (const { id, epoch } of await readOutbox(bench.stores.redis, itemId, 1_000)) {
    doorbell.ring({ itemId, epoch, entryId: id })
  }
}

async function allPersisted(sale: TestSale): Promise<void> {
  await eventually(async () => expect(await sale.violations()).toEqual([]), { what: 'all orders to be persisted' })
}

/** From now on the sweeps find no item, or nothing by questions of this kind. */
function blindSweeps(question = /settled_at[^]*ORDER BY/): void {
  const { database } = bench.stores
  const ask = database.$queryRaw.bind(database)
  const askUnlessOfSweep = (query: TemplateStringsArray, ...values: unknown[]) =>
    question.test(query.join('')) ? Promise.resolve([]) : ask(query, ...values)
  vi.spyOn(database, '$queryRaw').mockImplementation(askUnlessOfSweep as typeof ask)
}

test('a ring is answered without any sweep', async () => {
  blindSweeps()
  const worker = startWorker()
  const sale = await openSale()
  await storm([(await sale.openShop()).place], 50)
  await ring(sale)
  await allPersisted(sale)
  await worker.close()
})

test.each<[string, () => Promise<unknown>]>([
  ['is paused', () => doorbell.queue.pause()],
  ['was obliterated', () => doorbell.queue.obliterate({ force: true })],
  [
    'holds nothing but jobs that another worker took and never finished',
    async () => {
      const prefix = `${queuePrefix}:${orderQueueName}`
      const { redis } = bench.stores
      while (await redis.rpoplpush(`${prefix}:wait`, `${prefix}:active`));
    },
  ],
])('the sweep persists what waits when the queue %s', async (_, spoil) => {
  const sale = await openSale()
  await storm([(await sale.openShop()).place], 50)
  await ring(sale)
  await eventually(async () => (await doorbell.queue.getJobCountByTypes('wait')) > 0, { what: 'the rings to arrive' })
  await spoil()
  const worker = startWorker()
  await allPersisted(sale)
  await worker.close()
})

test('the sweep persists what waits when nobody ever rings', async () => {
  const worker = startWorker()
  const sale = await openSale()
  await storm([(await sale.openShop()).place], 50)
  await allPersisted(sale)
  await worker.close()
})

test('units are on sale again by the work that lets their orders expire: no later look has to find them', async () => {
  const sale = await openSale({ payWithinSeconds: 600 })
  const { redis, database } = bench.stores
  const worker = startWorker()
  await storm([(await sale.openShop()).place], 50)
  await allPersisted(sale)
  blindSweeps(/RECURSIVE[^]*returning_orders/)
  await database.order.updateMany({ where: { itemId: sale.itemId }, data: { dueAt: new Date(0) } })
  await eventually(async () => expect(await readLedger(redis, sale.itemId)).toMatchObject({ available: 1_000 }), {
    what: 'all units to be on sale again',
  })
  const seenAtMs = Date.now()
  const { endedAt } = await database.order.findFirstOrThrow({ where: { itemId: sale.itemId } })
  console.log(`50 expired orders: their units were on sale ${seenAtMs - endedAt!.getTime()} ms later at most`)
  await allPersisted(sale)
  await worker.close()
})

test('everything flushed away, the queue too, leaves a worker that rebuilds, hears rings and persists', async () => {
  const worker = startWorker()
  const sale = await openSale()
  const { place } = await sale.openShop()
  await storm([place], 20, { prefix: 'early' })
  await ring(sale)
  await allPersisted(sale)
  await bench.stores.redis.flushall()
  await storm([place], 20, { prefix: 'late' })
  await ring(sale)
  await allPersisted(sale)
  await worker.close()
})

test('a worker at rest finds a settled item whose ledger is not settled any more, and settles it anew', async () => {
  const [itemId] = await createEndedItems(bench.testStores.database.url, 1)
  const worker = startWorker()
  const isSettled = async () => (await readItem(bench.stores.database, itemId!))!.isSettled
  await eventually(isSettled, { what: 'the item to be settled' })
  await bench.stores.redis.hset(ledgerKeys(itemId!).ledger, 'state', 'live')
  const isLedgerSettled = async () =>
    expect(await readLedger(bench.stores.redis, itemId!)).toMatchObject({ state: 'settled' })
  await eventually(isLedgerSettled, { what: 'the ledger to be settled' })
  await eventually(isSettled, { what: 'the item to be settled anew' })
  await worker.close()
})

test('a worker that is closed in the middle of a backlog leaves the rest to the next one', async () => {
  const sale = await openSale()
  const { place } = await sale.openShop()
  const { redis } = bench.stores
  for (let i = 0; i < 400; i += 1) await place({ buyer: `buyer-${i}`, key: 'k', quantity: 1 })
  const first = startWorker()
  await eventually(async () => (await redis.xlen(ledgerKeys(sale.itemId).outbox)) < 400, { what: 'the first batch' })
  await first.close()
  await expect(redis.ping()).resolves.toBe('PONG')
  const next = startWorker()
  await allPersisted(sale)
  await next.close()
})
