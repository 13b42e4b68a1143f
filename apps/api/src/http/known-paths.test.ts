import { mkdtemp, rm, writeFile, mkdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { startTestStores, type TestStores } from '@flash-sale/testing/start-test-stores'
import { testOpsKey } from '@flash-sale/testing/test-tokens'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { expectProblem } from '../testing/expect-answer.fixture.ts'
import { listenOnFreePort, rawHead, sendRaw } from '../testing/raw-http.fixture.ts'
import { startTestApi, type TestApi } from '../testing/start-test-api.fixture.ts'

let stores: TestStores
let api: TestApi
let folder: string
let port: number

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'pages-'))
  await mkdir(path.join(folder, 'assets'))
  for (const name of ['index.html', 'icon.svg', 'assets/main.js']) await writeFile(path.join(folder, name), 'x')
  stores = await startTestStores()
  api = await startTestApi(stores, { devTokens: true, pagesFolder: folder })
  port = await listenOnFreePort(api.app)
})
afterAll(async () => {
  await api?.close()
  await stores?.stop()
  await rm(folder, { recursive: true })
})

const orderId = '00000001-9f17-8598-8f4e-76f1f08574bd'

const read = 'GET, HEAD, OPTIONS'
const change = 'OPTIONS, POST'

/** Every path and what it allows. */
const paths: Record<string, string> = {
  '/v1/orders': 'GET, HEAD, OPTIONS, POST',
  [`/v1/orders/${orderId}`]: read,
  [`/v1/orders/${orderId}/events`]: 'GET, OPTIONS',
  [`/v1/orders/${orderId}/cancel`]: change,
  [`/v1/orders/${orderId}/payments`]: change,
  '/v1/webhooks/payments/simulated': change,
  '/v1/sales': read,
  '/v1/sales/7': read,
  '/v1/sales/events': 'GET, OPTIONS',
  '/v1/sales/7/story': read,
  '/v1/sign-in': read,
  '/v1/time': read,
  '/v1/ops/sales': change,
  '/v1/ops/sales/7/drop': read,
  '/v1/ops/sales/7/pause': change,
  '/v1/ops/sales/7/resume': change,
  '/v1/ops/sales/7/close': change,
  '/v1/ops/items/7/restock': change,
  '/v1/ops/items/7/total': change,
  '/v1/ops/items/7/rebuild': change,
  '/v1/ops/items/7/audit': read,
  '/v1/ops/items/7/orders.csv': 'GET, OPTIONS',
  '/v1/ops/orders': read,
  '/v1/ops/search': read,
  '/v1/ops/payments': read,
  '/v1/ops/refunds': read,
  [`/v1/ops/orders/${orderId}/refund`]: change,
  '/v1/ops/order-events': read,
  '/v1/ops/webhook-endpoints': 'GET, HEAD, OPTIONS, POST',
  '/v1/ops/webhook-endpoints/7': read,
  '/v1/ops/webhook-endpoints/7/secret': read,
  '/v1/ops/webhook-endpoints/7/change': change,
  '/v1/ops/webhook-endpoints/7/pause': change,
  '/v1/ops/webhook-endpoints/7/resume': change,
  '/v1/ops/webhook-endpoints/7/rotate-secret': change,
  '/v1/ops/webhook-endpoints/7/test': change,
  '/v1/ops/webhook-endpoints/7/delete': change,
  '/v1/ops/dead-letters': read,
  '/v1/ops/dead-letters/7/replay': change,
  '/v1/ops/dead-letters/7/discard': change,
  '/v1/ops/unknown-money': read,
  '/v1/ops/unknown-money/7/resolve': change,
  '/v1/ops/stream': 'GET, OPTIONS',
  '/v1/ops/audit-events': read,
  '/v1/ops/jobs/failed': read,
  '/v1/ops/jobs/7-1-1-1/retry': change,
  '/v1/ops/jobs/7-1-1-1/discard': change,
  '/v1/ops/quarantine': read,
  '/v1/ops/aside': read,
  '/v1/ops/aside/7/77/orders.csv': 'GET, OPTIONS',
  '/v1/ops/quarantine/7/replay': change,
  '/v1/ops/quarantine/7/discard': change,
  '/v1/ops/session': change,
  '/v1/dev/tokens': change,
  '/health/live': read,
  '/health/ready': read,
  '/metrics': read,
  '/docs': read,
  '/docs/json': read,
  '/docs/static/index.html': read,
  '/': read,
  '/ops': read,
  '/ops/sales/7': read,
  '/assets/main.js': read,
  '/icon.svg': read,
  '/ops/queue/': read,
}

test.each(Object.entries(paths))(
  '%s allows %s: another method gets 405, and OPTIONS gets the list',
  async (url, allow) => {
    const send = (method: string) =>
      sendRaw(port, rawHead(method, `${url}?a=1`, [`Authorization: Bearer ${testOpsKey}`]))
    const others = ['PUT', 'PATCH', 'DELETE', 'TRACE', 'PROPFIND', 'LOCK', 'GET', 'HEAD', 'POST']
    for (const method of others.filter((other) => !allow.includes(other))) {
      const answer = await send(method)
      if (method === 'HEAD') expect(answer).toMatchObject({ statusCode: 405, body: '' })
      else expectProblem(answer, 'METHOD_NOT_ALLOWED')
      expect(answer.headers['allow'], method).toBe(allow)
    }
    const options = await send('OPTIONS')
    expect([options.statusCode, options.headers['allow'], options.body]).toEqual([204, allow, ''])
  },
)

test.each(['/v1/none', '/v1', '/v1/sales/7/items', '/v1/ops', '/docs/none/none', '/icon.png'])(
  '%s leads nowhere, whatever the method',
  async (url) => {
    for (const method of ['GET', 'POST', 'PUT', 'OPTIONS', 'PROPFIND']) {
      expectProblem(await sendRaw(port, rawHead(method, url)), 'ROUTE_NOT_FOUND')
    }
  },
)

test('the list above has every path of the API description', async () => {
  const { paths: described } = (await api.get('/docs/json')).json<{ paths: object }>()
  for (const template of Object.keys(described)) {
    const pattern = new RegExp(`^${template.replaceAll(/\{\w+\}/g, '[^/]+')}$`)
    expect(
      Object.keys(paths).some((url) => pattern.test(url)),
      template,
    ).toBe(true)
  }
})
