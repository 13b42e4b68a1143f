import { OrderAccepted } from '@flash-sale/contract/orders'
import { SaleList, SaleView } from '@flash-sale/contract/sales'
import { ledgerKeys } from '@flash-sale/stock/ledger-keys'
import { withTestStores } from '@flash-sale/testing/start-test-stores'
import { gunzipSync } from 'node:zlib'
import { countCommands } from '@flash-sale/testing/count-commands'
import { eventually } from '@flash-sale/testing/eventually'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import { expectProblem, expectSuccess } from '../testing/expect-answer.fixture.ts'
import { persistWaiting } from '../testing/persist-waiting.fixture.ts'
import { saleOf, withApi } from '../testing/start-test-api.fixture.ts'

const stores = withTestStores()
const api = withApi({ stores })

async function readSale(saleId: number): Promise<SaleView> {
  return expectSuccess(await api.get(`/v1/sales/${saleId}`), 200, SaleView)
}

test('before there is a sale the list is empty', async () => {
  expect(expectSuccess(await api.get('/v1/sales'), 200, SaleList)).toEqual({ sales: [] })
})

test('anyone can read sales, the newest first, each as it is read by itself', async () => {
  const first = await api.createSale()
  const second = await api.createSale({ name: 'Second' })
  await eventually(
    async () => {
      const { sales } = expectSuccess(await api.get('/v1/sales'), 200, SaleList)
      expect(sales).toEqual([second, first])
    },
    { what: 'both sales to be listed' },
  )
  expect(await readSale(first.saleId)).toEqual(first)
})

test('an item shows the units that can still be ordered, from the moment they are taken', async () => {
  const { saleId, items } = await api.createSale({ items: saleOf({ total: 10 }).items })
  const { itemId } = items[0]!
  expectSuccess(await api.order('ann', { itemId, quantity: 2 }), 202, OrderAccepted)
  expect((await readSale(saleId)).items[0]).toMatchObject({ total: 10, available: 8 })
  await persistWaiting(api.stores, itemId)
  expect((await readSale(saleId)).items[0]).toMatchObject({ total: 10, available: 8 })
})

test('while a ledger is gone its item shows what Postgres knows, and the others are as they are', async () => {
  const [sku, other] = ['A', 'B'].flatMap((name) => saleOf({ sku: name, total: 10 }).items)
  const { saleId, items } = await api.createSale({ items: [sku!, other!] })
  const { itemId } = items[0]!
  expectSuccess(await api.order('ann', { itemId, quantity: 2 }), 202, OrderAccepted)
  await persistWaiting(api.stores, itemId)
  await api.stores.redis.del(ledgerKeys(itemId).ledger)
  const sale = await readSale(saleId)
  expect(sale.state).toBe('open')
  expect(sale.items.map(({ available }) => available)).toEqual([8, 10])
})

async function listNames(query: string): Promise<{ names: string[]; nextCursor: string | undefined }> {
  const { sales, nextCursor } = expectSuccess(await api.get(`/v1/sales${query}`), 200, SaleList)
  return { names: sales.map(({ name }) => name), nextCursor }
}

const hourMs = 3_600_000

/** Sales without items, from the oldest to the newest. */
async function storeSales(names: readonly string[], opensInMs: number, state: 'live' | 'paused' | 'closed' = 'live') {
  const opensAt = new Date(Date.now() + opensInMs)
  const closesAt = new Date(opensAt.getTime() + hourMs)
  const data = names.map((name) => ({ name, state, opensAt, closesAt }))
  await api.stores.database.sale.createMany({ data })
}

describe('of many sales', () => {
  const over = Array.from({ length: 45 }, (_, i) => `over ${i}`)

  beforeAll(async () => {
    await api.stores.database.sale.updateMany({ data: { state: 'closed' } })
    await storeSales(over, -2 * hourMs)
    await storeSales(['open'], -1_000)
    await storeSales(['paused'], -1_000, 'paused')
    await storeSales(['scheduled'], hourMs)
    await storeSales(['closed early'], -1_000, 'closed')
    await storeSales(['paused, and over'], -2 * hourMs, 'paused')
    // What was read before may be kept yet.
    await expire()
  })

  test('the list shows those that are on or to come, and each state when it is asked for', async () => {
    expect((await listNames('')).names).toEqual(['scheduled', 'paused', 'open'])
    for (const state of ['open', 'paused', 'scheduled']) {
      expect((await listNames(`?state=${state}`)).names).toEqual([state])
    }
    expect((await listNames('?state=closed&limit=2')).names).toEqual(['paused, and over', 'closed early'])
  })

  test('those that are over are read page by page, each once', async () => {
    const seen: string[] = []
    let cursor: string | undefined
    do {
      const page = await listNames(`?state=closed&limit=20${cursor ? `&cursor=${cursor}` : ''}`)
      seen.push(...page.names)
      cursor = page.nextCursor
    } while (cursor)
    expect(seen.filter((name) => name.startsWith('over'))).toEqual(over.toReversed())
    expect((await listNames('?limit=1')).nextCursor).toBeTypeOf('string')
  })

  test('a page of many items ends before its limit, after the sale that fills it', async () => {
    await storeSales(['large 0', 'large 1', 'large 2', 'large 3', 'large 4', 'large 5', 'large 6'], hourMs)
    await api.stores.database.$executeRaw`
      INSERT INTO sale_items (sale_id, sku, name, price_cents, total, purchase_limit, settled_at)
      SELECT s.id, 'SKU' || n, 'Item ' || n, 100, 10, 1, now() FROM sales s, generate_series(1, 99) n WHERE s.name LIKE 'large %'`
    const first = await listNames('?state=scheduled&limit=100')
    expect(first.names).toEqual(['large 6', 'large 5', 'large 4', 'large 3', 'large 2', 'large 1'])
    const second = await listNames(`?state=scheduled&limit=100&cursor=${first.nextCursor}`)
    expect(second).toEqual({ names: ['large 0', 'scheduled'], nextCursor: undefined })
  })

  test('a cursor of another list, an unknown state and too large a page are refused', async () => {
    const cursor = Buffer.from('orders:1').toString('base64url')
    for (const query of [`?cursor=${cursor}`, '?state=over', '?limit=101', '?page=2']) {
      expectProblem(await api.get(`/v1/sales${query}`), 'INVALID_REQUEST')
    }
  })
})

/** Of the connection itself, and of the watch that looks whether its Redis takes writes. */

describe('what many read at once', () => {
  test('is read once from both stores, and nothing of it goes through the connection of the orders', async () => {
    const items = Array.from({ length: 50 }, (_, i) => saleOf({ sku: `SKU-${i}` }).items[0]!)
    const { saleId } = await api.createSale({ items })
    for (const path of ['/v1/sales', `/v1/sales/${saleId}`]) {
      const orders = vi.spyOn(api.orderRedis, 'sendCommand')
      const readOnce = await countCommands(api.stores.redis, () => api.get(path))
      expect(readOnce).toBeGreaterThan(50)
      await expire()
      const readByMany = await countCommands(api.stores.redis, () =>
        Promise.all(Array.from({ length: 200 }, () => api.get(path))),
      )
      // On a slow machine the many take longer than an answer is kept, and share a few reads.
      expect(readByMany).toBeLessThan(20 * readOnce)
      // The process asks by itself meanwhile which Redis this is and how it stands, but not about items.
      expect(orders.mock.calls.filter(([{ args }]) => JSON.stringify(args).includes('{item:'))).toEqual([])
      orders.mockRestore()
    }
  })

  test('is not asked for again while a store is silent, however many have given up', async () => {
    const { saleId } = await api.createSale()
    const read = vi.spyOn(api.stores.database.sale, 'findUnique')
    const answer = stalled()
    read.mockReturnValue(answer.promise as never)
    const path = `/v1/sales/${saleId}`
    for (let i = 0; i < 2; i += 1) {
      const answers = await Promise.all(Array.from({ length: 20 }, () => api.get(path)))
      for (const each of answers) expectProblem(each, 'UNAVAILABLE')
    }
    expect(read).toHaveBeenCalledTimes(1)
    read.mockRestore()
    answer.resolve(null)
    await eventually(async () => expectSuccess(await api.get(path), 200, SaleView), { what: 'the sale to be read' })
  })
})

describe('a client that has the answer', () => {
  test('is told so by 304 for as long as nothing changed', async () => {
    const item = await api.createItem({ total: 10 })
    const path = `/v1/sales/${item.saleId}`
    const first = await api.get(path)
    const etag = first.headers['etag'] as string
    expect(first.headers['cache-control']).toBe('public, max-age=1')
    await expire()
    const again = await ask(path, { 'if-none-match': `"another", ${etag}` })
    expect([again.statusCode, again.body, again.headers['etag']]).toEqual([304, '', etag])
    await api.order('ann', { itemId: item.itemId, quantity: 1 })
    await eventually(async () => expect((await ask(path, { 'if-none-match': etag })).statusCode).toBe(200), {
      what: 'another answer',
    })
  })

  test('gets it pressed when it takes it so, and as it is when it does not', async () => {
    const items = Array.from({ length: 20 }, (_, i) => saleOf({ sku: `SKU-${i}` }).items[0]!)
    const { saleId } = await api.createSale({ items })
    const path = `/v1/sales/${saleId}`
    const plain = await api.get(path)
    const pressed = await ask(path, { 'accept-encoding': 'br;q=1, gzip;q=0.5' })
    expect(pressed.headers['content-encoding']).toBe('gzip')
    expect(pressed.rawPayload.length).toBeLessThan(plain.rawPayload.length / 4)
    expect(gunzipSync(pressed.rawPayload).toString()).toBe(plain.body)
    for (const accepted of ['gzip;q=0', 'identity', 'br']) {
      const answer = await ask(path, { 'accept-encoding': accepted })
      expect([answer.headers['content-encoding'], answer.body]).toEqual([undefined, plain.body])
      expect(answer.headers['vary']).toBe('accept-encoding')
    }
  })
})

function ask(path: string, headers: Record<string, string>) {
  return api.app.inject({ method: 'GET', url: path, headers })
}

/** Until what is kept is older than it may be. */
function expire(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 350))
}

function stalled() {
  let resolve!: (value: unknown) => void
  const promise = new Promise((resolvePromise) => (resolve = resolvePromise))
  return { promise, resolve }
}

test('a sale that does not exist is not found', async () => {
  expectProblem(await api.get('/v1/sales/2147483647'), 'SALE_NOT_FOUND')
})
