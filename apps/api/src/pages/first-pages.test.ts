import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import type { FirstView } from '@flash-sale/contract/first-view'
import { startTestStores, type TestStores } from '@flash-sale/testing/start-test-stores'
import { eventually } from '@flash-sale/testing/eventually'
import { afterAll, beforeAll, expect, test } from 'vitest'
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
  api = await startTestApi(stores, { pagesFolder: folder })
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

test('the page of a sale holds the sale, its name and the time, and cannot be broken by a name', async () => {
  const name = 'Lamp & "Co" </script><script>alert(1)</script>'
  const { saleId } = await api.createSale({ name })
  const answer = await pageWithView({ url: `/?sale=${saleId}`, headers: { host: 'shop.example' } })
  expect(answer.body).not.toContain('<script>alert')
  const view = viewIn(answer.body)!
  expect(view).toMatchObject({ wanted: String(saleId), isWantedMissing: false })
  expect(view.sales.find((sale) => sale.saleId === saleId)).toMatchObject({ name, state: 'open' })
  expect(answer.body).toContain('<h1 class="x">Lamp &amp; &quot;Co&quot; &lt;/script>&lt;script>')
  expect(answer.body).toContain('content="http://shop.example/card.png"')
  const [, nowMs] = /^now;desc="(\d+)"$/.exec(String(answer.headers['server-timing'])) ?? []
  expect(Math.abs(Number(nowMs) - Date.now())).toBeLessThan(10_000)
  expect(answer.headers).toMatchObject({ 'cache-control': 'no-cache', 'content-type': 'text/html; charset=utf-8' })
  expect(answer.headers).not.toHaveProperty('etag')
})

test('the page is the same in every form that browsers take', async () => {
  await api.createSale()
  const [plain, br, gz] = await Promise.all(
    ['identity', 'br', 'gzip'].map((encoding) =>
      api.app.inject({ url: '/', headers: { 'accept-encoding': encoding } }),
    ),
  )
  expect(viewIn(plain!.body)!.sales.length).toBeGreaterThan(0)
  expect(brotliDecompressSync(br!.rawPayload).toString()).toBe(plain!.body)
  expect(gunzipSync(gz!.rawPayload).toString()).toBe(plain!.body)
  expect([br, gz].map((answer) => answer!.headers['content-encoding'])).toEqual(['br', 'gzip'])
})

test('a sale that does not exist is told as missing, and what names no sale is left to the page', async () => {
  await api.createSale()
  expect(viewIn((await pageWithView({ url: '/?sale=2147483647' })).body)).toMatchObject({ isWantedMissing: true })
  for (const query of ['sale=x', 'sale=1&sale=2', 'sale=']) expect((await api.get(`/?${query}`)).body, query).toBe(html)
  expect((await api.app.inject({ url: '/', headers: { host: 'a b' } })).statusCode).toBeLessThan(500)
  expect((await api.get('/ops')).body).toBe(html)
})

test('the page comes without its view while a store does not answer', async () => {
  const { redis } = stores
  await redis.stop()
  const answer = await api.get('/')
  expect([answer.statusCode, answer.body]).toEqual([200, html])
})
