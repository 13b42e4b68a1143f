import { AuditTrail } from '@flash-sale/contract/audit-trail'
import { OpsSession } from '@flash-sale/contract/ops'
import { withTestStores } from '@flash-sale/testing/start-test-stores'
import { buyerToken, testOpsKey } from '@flash-sale/testing/test-tokens'
import { expect, test } from 'vitest'
import { expectProblem, expectSuccess } from '../testing/expect-answer.fixture.ts'
import { withApi } from '../testing/start-test-api.fixture.ts'

const stores = withTestStores()
const api = withApi({ stores })
const other = withApi({ stores })

async function openSession(): Promise<string> {
  const answer = await api.operate('/v1/ops/session')
  expectSuccess(answer, 200, OpsSession)
  return String(answer.headers['set-cookie']).split(';')[0]!
}

/** As a browser asks for it that is on a page of `origin`, by default the API's own. */
function browse(method: 'GET' | 'PUT', path: string, cookie?: string, headers: Record<string, string> = {}) {
  const own = { host: 'shop.example', ...(cookie !== undefined && { cookie }) }
  return api.app.inject({ method, url: `/ops/queue${path}`, headers: { ...own, ...headers } })
}

function endSession(headers: Record<string, string>) {
  return api.app.inject({ method: 'POST', url: '/ops/queue/end-session', headers })
}

const ownOrigin = { origin: 'http://shop.example' }

test('the key opens a session, good for minutes, that another process takes too', async () => {
  const answer = await api.operate('/v1/ops/session')
  const { expiresAt } = expectSuccess(answer, 200, OpsSession)
  const lastsMs = Date.parse(expiresAt) - Date.now()
  expect(lastsMs).toBeGreaterThan(60_000)
  expect(lastsMs).toBeLessThan(3_600_000)
  expect(answer.headers['cache-control']).toBe('no-store')
  const cookie = String(answer.headers['set-cookie']).split(';')[0]!
  expect((await other.app.inject({ url: '/ops/queue/', headers: { cookie } })).statusCode).toBe(200)
})

test.each(['https', 'https, http', 'http', undefined])(
  'the cookie is for TLS alone exactly if the browser came by TLS: X-Forwarded-Proto %s',
  async (proto) => {
    const headers = { authorization: `Bearer ${testOpsKey}`, ...(proto && { 'x-forwarded-proto': proto }) }
    const answer = await api.app.inject({ method: 'POST', url: '/v1/ops/session', headers })
    expect(String(answer.headers['set-cookie']).includes('Secure')).toBe(proto?.startsWith('https') ?? false)
  },
)

test('nobody else gets a session, and nothing of the page is shown without one', async () => {
  expectProblem(await api.app.inject({ method: 'POST', url: '/v1/ops/session' }), 'UNAUTHORIZED')
  expectProblem(
    await api.app.inject({
      method: 'POST',
      url: '/v1/ops/session',
      headers: { authorization: `Bearer ${buyerToken('ann')}` },
    }),
    'FORBIDDEN',
  )
  for (const path of ['', '/', '/queue/orders', '/api/queues', '/static/js/main.js', '/no/such/page']) {
    expectProblem(await browse('GET', path), 'UNAUTHORIZED')
    expectProblem(await browse('GET', path, 'flash_sale_ops=1.x'), 'UNAUTHORIZED')
  }
  // The key itself is for calls; a page never has it.
  expectProblem(await api.get('/ops/queue/api/queues', testOpsKey), 'UNAUTHORIZED')
})

test('the session does not open calls that want the key', async () => {
  const cookie = await openSession()
  expectProblem(await api.app.inject({ url: '/v1/ops/audit-events', headers: { cookie } }), 'UNAUTHORIZED')
})

test('the page loads, with all that it names, and shows the queue', async () => {
  const cookie = await openSession()
  const page = await browse('GET', '/', cookie)
  expect(page.statusCode).toBe(200)
  const policy = String(page.headers['content-security-policy'])
  expect(policy).toMatch(/script-src 'self'(?:;|$)/)
  expect(page.body).toContain('<base href="/ops/queue/"')
  const assets = [...page.body.matchAll(/(?:src|href)="(static\/[^"]+)"/g)].map(([, asset]) => asset!)
  expect(assets.length).toBeGreaterThan(2)
  for (const asset of assets) expect((await browse('GET', `/${asset}`, cookie)).statusCode, asset).toBe(200)
  await api.queue.add('persist', { itemId: 7, epoch: 1, entryId: '1-0' }, { jobId: '7-1-1-0' })
  const answer = await browse('GET', '/api/queues?activeQueue=orders&page=1&jobsPerPage=10', cookie)
  expect(answer.json()).toMatchObject({ queues: [{ name: 'orders', counts: { waiting: 1 } }] })
  expectProblem(await browse('GET', '/no/such/page', cookie), 'ROUTE_NOT_FOUND')
})

test('what is done there comes from the page itself, and is in the audit trail', async () => {
  const cookie = await openSession()
  const foreign = [
    {},
    { origin: 'http://evil.example' },
    { origin: 'http://shop.example:8080' },
    { origin: 'null' },
    { 'sec-fetch-site': 'same-site', origin: 'http://shop.example' },
    { 'sec-fetch-site': 'cross-site' },
  ] as Record<string, string>[]
  for (const headers of foreign) {
    expectProblem(await browse('PUT', '/api/queues/orders/pause', cookie, headers), 'FORBIDDEN')
  }
  expect(await api.queue.isPaused()).toBe(false)

  const own = [ownOrigin, { 'sec-fetch-site': 'same-origin' }] as Record<string, string>[]
  for (const [headers, action] of [
    [own[0], 'pause'],
    [own[1], 'resume'],
  ] as const) {
    expect((await browse('PUT', `/api/queues/orders/${action}`, cookie, headers)).statusCode).toBe(200)
    expect(await api.queue.isPaused()).toBe(action === 'pause')
  }
  const { events } = expectSuccess(await api.get('/v1/ops/audit-events', testOpsKey), 200, AuditTrail)
  expect(events.map(({ actor, action, detail }) => [actor, action, detail])).toEqual([
    ['ops', 'queue', { call: 'PUT /api/queues/orders/resume', outcome: 'DONE' }],
    ['ops', 'queue', { call: 'PUT /api/queues/orders/pause', outcome: 'DONE' }],
  ])
})

test('what the queue refuses is told as refused', async () => {
  const answer = await browse('PUT', '/api/queues/orders/no-such-job/promote', await openSession(), ownOrigin)
  expect(answer.statusCode).toBe(404)
  const { events } = expectSuccess(await api.get('/v1/ops/audit-events?limit=1', testOpsKey), 200, AuditTrail)
  expect(events[0]!.detail).toEqual({ call: 'PUT /api/queues/orders/no-such-job/promote', outcome: 'REFUSED' })
})

test('what cannot be told in the audit trail is not done', async () => {
  const cookie = await openSession()
  await api.stores.database.$executeRaw`ALTER TABLE audit_events RENAME TO out_of_reach`
  const answer = await browse('PUT', '/api/queues/orders/pause', cookie, ownOrigin)
  await api.stores.database.$executeRaw`ALTER TABLE out_of_reach RENAME TO audit_events`
  expect(answer.statusCode).toBeGreaterThanOrEqual(500)
  expect(await api.queue.isPaused()).toBe(false)
})

test('signing out ends the session in this browser, and no other site can do that', async () => {
  const ended = await endSession({ 'sec-fetch-site': 'same-origin' })
  expect(ended.statusCode).toBe(204)
  expect(ended.headers['set-cookie']).toMatch(/^flash_sale_ops=; Path=\/ops\/queue; Max-Age=0;/)
  expectProblem(await endSession({ 'sec-fetch-site': 'cross-site' }), 'FORBIDDEN')
  expectProblem(await endSession({}), 'FORBIDDEN')
})

test('the page asks no other host for anything', async () => {
  const cookie = await openSession()
  const page = await api.app.inject({ url: '/ops/queue/', headers: { cookie } })
  expect(page.statusCode).toBe(200)
  expect(page.body).toContain('static/js/main')
  expect(page.body).not.toContain('https://fonts')
})
