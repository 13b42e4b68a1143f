import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { startTestStores, type TestStores } from '@flash-sale/testing/start-test-stores'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { expectProblem } from '../testing/expect-answer.fixture.ts'
import { startTestApi, type TestApi } from '../testing/start-test-api.fixture.ts'
import { createHeadStart } from '../sales/head-start.ts'
import { pagesFolderDefault, servePages } from './serve-pages.ts'

/** What a build leaves behind, as far as serving it goes. */
const built = {
  'index.html': '<!doctype html><script type="module" src="/assets/main-5f2a.js"></script>',
  'icon.svg': '<svg xmlns="http://www.w3.org/2000/svg"/>',
  'assets/main-5f2a.js': 'console.log("the page")',
}

let stores: TestStores
let api: TestApi
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'pages-'))
  await mkdir(path.join(folder, 'assets'))
  for (const [name, text] of Object.entries(built)) await writeFile(path.join(folder, name), text)
  for (const name of ['index.html', 'assets/main-5f2a.js']) {
    for (const ending of ['br', 'gz']) await writeFile(path.join(folder, `${name}.${ending}`), `${ending} of the file`)
  }
  stores = await startTestStores()
  api = await startTestApi(stores, { pagesFolder: folder })
})
afterAll(async () => {
  await api?.close()
  await stores?.stop()
  await rm(folder, { recursive: true })
})

test.each(['/', '/ops', '/ops/', '/ops/orders', '/ops/sales/7', '/?sale=7'])(
  '%s is the page, asked for anew each time',
  async (url) => {
    const answer = await api.get(url)
    expect([answer.statusCode, answer.body]).toEqual([200, built['index.html']])
    expect(answer.headers).toMatchObject({ 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-cache' })
    const again = await api.app.inject({ url, headers: { 'if-none-match': String(answer.headers['etag']) } })
    expect(again.statusCode).toBe(304)
  },
)

test('a browser may keep what is named after its content for ever, and nothing else', async () => {
  const asset = await api.get('/assets/main-5f2a.js')
  expect([asset.statusCode, asset.body]).toEqual([200, built['assets/main-5f2a.js']])
  expect(asset.headers).toMatchObject({
    'content-type': expect.stringMatching(/javascript; charset=utf-8$/),
    'cache-control': 'public, max-age=31536000, immutable',
  })
  const icon = await api.get('/icon.svg')
  expect(icon.headers).toMatchObject({ 'content-type': 'image/svg+xml', 'cache-control': 'public, max-age=0' })
})

test('a browser that takes brotli or gzip gets the file that the build compressed, under the same address', async () => {
  for (const [url, type] of [
    ['/assets/main-5f2a.js', /javascript/],
    ['/', /html/],
  ] as const) {
    for (const [encoding, ending] of [
      ['br', 'br'],
      ['gzip', 'gz'],
    ] as const) {
      const answer = await api.app.inject({ url, headers: { 'accept-encoding': encoding } })
      expect(answer.body).toBe(`${ending} of the file`)
      expect(answer.headers).toMatchObject({
        'content-encoding': encoding,
        'content-type': expect.stringMatching(type),
      })
      expect(String(answer.headers['vary']).toLowerCase()).toContain('accept-encoding')
    }
  }
  expectProblem(await api.get('/index.html.br'), 'ROUTE_NOT_FOUND')
})

test('browsers are told to run no script that is written into a page, and to load nothing from elsewhere', async () => {
  for (const url of ['/', '/ops', '/assets/main-5f2a.js']) {
    const { headers } = await api.get(url)
    const policy = String(headers['content-security-policy']).split(';')
    expect(policy).toContain("default-src 'self'")
    expect(policy).toContain("script-src 'self'")
    expect(policy).toContain("style-src 'self'")
    expect(policy.join()).not.toMatch(/unsafe|https?:/)
    expect(headers['x-content-type-options']).toBe('nosniff')
    expect(headers['x-frame-options']).toBe('SAMEORIGIN')
  }
})

test.each([
  '/assets/gone.js',
  '/assets/../index.html',
  '/assets/..%2f..%2fpackage.json',
  '/assets/%2e%2e/%2e%2e/etc/passwd',
  '/index.htm',
  '/opsx',
  '/v1/none',
  '/v1/ops/none',
  '/package.json',
])('%s is still a problem', async (url) => {
  expectProblem(await api.get(url), 'ROUTE_NOT_FOUND')
})

test.each(['/nothing', '/index.htm', '/opsx', '/docs/none'])('%s is the page, as 404, for a browser', async (url) => {
  const browser = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' }
  const answer = await api.app.inject({ url, headers: browser })
  expect([answer.statusCode, answer.body]).toEqual([404, built['index.html']])
  expect(answer.headers).toMatchObject({ 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-cache' })
  expect(answer.headers['content-security-policy']).toContain("script-src 'self'")
  expectProblem(await api.app.inject({ url, headers: { accept: 'application/json' } }), 'ROUTE_NOT_FOUND')
  expectProblem(await api.app.inject({ url, method: 'POST', headers: browser }), 'ROUTE_NOT_FOUND')
})

test('an address of the API stays a problem for a browser, and a wrong method names the right ones', async () => {
  const headers = { accept: 'text/html' }
  expectProblem(await api.app.inject({ url: '/v1/none', headers }), 'ROUTE_NOT_FOUND')
  const answer = await api.app.inject({ url: '/v1/ops/sales/7/pause', headers })
  expectProblem(answer, 'METHOD_NOT_ALLOWED')
  expect(answer.headers['allow']).toBe('OPTIONS, POST')
})

test("the queue's page is not taken for one of the dashboard's", async () => {
  expectProblem(await api.get('/ops/queue/whatever'), 'UNAUTHORIZED')
})

test('unless told otherwise they are where the build of this workspace puts them', () => {
  const workspace = path.resolve(import.meta.dirname, '../../../..')
  expect(path.relative(workspace, pagesFolderDefault)).toBe(path.join('apps', 'pages', 'dist'))
})

test('without a built page the API runs without it, and says so in one line', async () => {
  const bare = await startTestApi(stores, { pagesFolder: path.join(folder, 'assets') })
  onTestFinished(() => bare.close())
  expectProblem(await bare.get('/'), 'ROUTE_NOT_FOUND')
  expectProblem(await bare.get('/ops'), 'ROUTE_NOT_FOUND')
  expect((await bare.get('/health/live')).statusCode).toBe(200)
  const lines: string[] = []
  await servePages(
    bare.app,
    path.join(folder, 'assets'),
    { info: (line: string) => void lines.push(line) },
    { ...bare.context, headStart: createHeadStart() },
  )
  expect(lines).toEqual([expect.stringMatching(/^the pages are not built, .*there is no index\.html in \//)])
})
