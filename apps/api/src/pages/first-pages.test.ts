import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import type { FirstView } from '@flash-sale/contract/first-view'
import type { SaleList, SaleView } from '@flash-sale/contract/sales'
import { startTestStores, type TestStores } from '@flash-sale/testing/start-test-stores'
import { eventually } from '@flash-sale/testing/eventually'
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test, vi, type Mock } from 'vitest'
import { openStream, type StreamEvent } from '../testing/open-stream.fixture.ts'
import { listenOnFreePort } from '../testing/raw-http.fixture.ts'
import { startTestApi, type TestApi } from '../testing/start-test-api.fixture.ts'

const place = '<script type="application/json" id="first-view">\n  null\n</script>'
const html = `<meta property="og:title" content="Shop" /><meta property="og:image" content="/card.png" /><h1 class="x">Shop</h1>${place}`

let stores: TestStores
let api: TestApi
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'pages-'))
  await mkdir(path.join(folder, 'assets'))
  await writeFile(path.join(folder, 'index.html'), html)
  stores = await startTestStores()
  api = await startTestApi(stores, { pagesFolder: folder, payments: 'OFF', shopUrl: 'https://shop.example/drops/' })
})
afterAll(async () => {
  await api?.close()
  await stores?.stop()
  await rm(folder, { recursive: true })
})

function viewIn(page: string): FirstView | null {
  const [, json = ''] = /id="first-view">(.*?)<\/script>/s.exec(page) ?? []
  return JSON.parse(json)
}

/** The page with its view. On a busy machine the stores may take longer than the page waits. */
async function pageWithView(request: { url: string; headers?: Record<string, string> }) {
  let answer = await api.app.inject(request)
  await eventually(async () => 'server-timing' in (answer = await api.app.inject(request)).headers, { what: 'a view' })
  return answer
}

/** Asks for pages until what was read before is too old to be sent, so that this read of the sales has begun. */
async function pagesUntilRead(read: Mock): Promise<void> {
  const isRead = async () => {
    expect((await api.get('/')).statusCode).toBe(200)
    return read.mock.calls.length > 0
  }
  await eventually(isRead, { what: 'a read of the sales' })
}

test('the page of a sale holds the sale, its name and the time, and cannot be broken by a name', async () => {
  const name = 'Lamp & "Co" </script><script>alert(1)</script>'
  const { saleId } = await api.createSale({ name })
  const answer = await pageWithView({ url: `/?sale=${saleId}` })
  expect(answer.body).not.toContain('<script>alert')
  const view = viewIn(answer.body)!
  expect(view).toMatchObject({ wanted: String(saleId) })
  expect(view.sales.find((sale) => sale.saleId === saleId)).toMatchObject({ name, state: 'open' })
  expect(answer.body).toContain('<h1 class="x">Lamp &amp; &quot;Co&quot; &lt;/script>&lt;script>')
  expect((await pageWithView({ url: '/' })).body).toContain('<h1 class="x">Lamp &amp;')
  const [, nowMs] = /^now;desc="(\d+)"$/.exec(String(answer.headers['server-timing'])) ?? []
  expect(Math.abs(Number(nowMs) - Date.now())).toBeLessThan(10_000)
  expect(answer.headers).toMatchObject({ 'cache-control': 'no-cache', 'content-type': 'text/html; charset=utf-8' })
  expect(answer.headers).not.toHaveProperty('etag')
})

test('the picture of a card is at the address of the shop, even without payments, and never at a host that a request names', async () => {
  await api.createSale()
  const headers = { host: 'elsewhere.example', 'x-forwarded-proto': 'http' }
  const { body } = await pageWithView({ url: '/', headers })
  expect(body).toContain('content="https://shop.example/drops/card.png"')
  expect(body).not.toContain('elsewhere')
})

test('the page is named after the sale that its address names, and after no one of several sales', async () => {
  const sales = [await api.createSale({ name: 'First' }), await api.createSale({ name: 'Second' })]
  for (const { saleId, name } of sales) {
    const { body } = await pageWithView({ url: `/?sale=${saleId}` })
    expect(body).toContain(`<meta property="og:title" content="${name}" />`)
    expect(body).toContain(`<h1 class="x">${name}</h1>`)
  }
  const { body } = await pageWithView({ url: '/' })
  expect(body).toContain('<meta property="og:title" content="Shop" />')
  expect(body).toContain('<h1 class="x">Shop</h1>')
})

function isTold(text: string): (event: StreamEvent) => boolean {
  return ({ data }) => JSON.stringify(data).includes(text)
}

test('the page is the same in every form that browsers take', async () => {
  await api.createSale()
  const [plain, br, gz] = await Promise.all(
    ['identity', 'br', 'gzip'].map((encoding) => pageWithView({ url: '/', headers: { 'accept-encoding': encoding } })),
  )
  expect(viewIn(plain!.body)!.sales.length).toBeGreaterThan(0)
  expect(brotliDecompressSync(br!.rawPayload).toString()).toBe(plain!.body)
  expect(gunzipSync(gz!.rawPayload).toString()).toBe(plain!.body)
  expect([br, gz].map((answer) => answer!.headers['content-encoding'])).toEqual(['br', 'gzip'])
})

test('an address that names a sale that is not listed, or no sale, gets the page without a view and without a name', async () => {
  await api.createSale()
  for (const query of ['sale=2147483647', 'sale=x', 'sale=1&sale=2', 'sale='])
    expect((await api.get(`/?${query}`)).body, query).toBe(html)
  expect((await api.get('/ops')).body).toBe(html)
})

describe('what many ask at once', () => {
  afterEach(() => void vi.restoreAllMocks())

  test('is one read, whatever their addresses and hosts, and other reads have their turn', async () => {
    const { saleId } = await api.createSale()
    let answer!: (sales: readonly never[]) => void
    const silence = new Promise((resolve) => (answer = resolve))
    const read = vi.spyOn(api.context.stores.database.sale, 'findMany').mockReturnValue(silence as never)
    await pagesUntilRead(read)
    for (let round = 0; round < 2; round += 1) {
      const addresses = Array.from({ length: 80 }, (_, i) => ({
        url: `/?sale=${i + 1}`,
        headers: { host: `shop-${i}` },
      }))
      const pages = await Promise.all(addresses.map((request) => api.app.inject(request)))
      for (const page of pages) expect([page.statusCode, page.body]).toEqual([200, html])
    }
    expect(read).toHaveBeenCalledTimes(1)
    expect((await api.get(`/v1/sales/${saleId}`)).statusCode).toBe(200)
    answer([])
  })

  test('is not a failure that is kept: after it the stores are asked again', async () => {
    const read = vi.spyOn(api.context.stores.database.sale, 'findMany').mockRejectedValue(new Error('it is away'))
    await pagesUntilRead(read)
    const before = read.mock.calls.length
    await api.get('/')
    await vi.waitUntil(() => read.mock.calls.length > before, { timeout: 20_000 })
  })
})

// After the tests that count reads: the sales are collected for some seconds after a stream was left.
test('the page and all that it reads have the stock as everybody is told: returned units of a paused sale are not there yet', async () => {
  const { saleId, itemId } = await api.createItem({ total: 1 })
  const stream = await openStream(`http://127.0.0.1:${await listenOnFreePort(api.app)}/v1/sales/events`)
  onTestFinished(stream.leave)
  await stream.heard(isTold(`"itemId":${itemId}`))
  expect((await api.order('ann', { itemId, quantity: 1 })).statusCode).toBe(202)
  await stream.heard(isTold(`"${itemId}":0`))
  await api.operate(`/v1/ops/sales/${saleId}/pause`)
  await stream.heard(isTold('"paused"'))
  await api.operate(`/v1/ops/items/${itemId}/restock`, { units: 5 })
  const unitsIn = (sales: readonly SaleView[]) => sales.find((sale) => sale.saleId === saleId)!.items[0]!.available
  const units = async () => [
    unitsIn([(await api.get(`/v1/sales/${saleId}`)).json()]),
    unitsIn([(await api.get(`/v1/sales/${saleId}?asTold=true`)).json()]),
    unitsIn((await api.get('/v1/sales?asTold=true')).json<SaleList>().sales),
    unitsIn(viewIn((await pageWithView({ url: `/?sale=${saleId}` })).body)!.sales),
  ]
  await eventually(async () => expect(await units()).toEqual([5, 0, 0, 0]), { what: 'the units, for those who ask' })
})

test('the page comes without its view while a store does not answer', async () => {
  const { redis } = stores
  await redis.stop()
  const answer = await api.get('/')
  expect([answer.statusCode, answer.body]).toEqual([200, html])
})
