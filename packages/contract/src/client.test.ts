import { once } from 'node:events'
import { createServer, type IncomingMessage, type RequestListener } from 'node:http'
import { json } from 'node:stream/consumers'
import { afterEach, expect, test } from 'vitest'
import { createClient } from './client.ts'
import { problemOf } from './problem.ts'

const closers: (() => Promise<unknown>)[] = []

afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()))
})

async function serve(listener: (...args: Parameters<RequestListener>) => unknown): Promise<string> {
  const server = createServer((request, response) => void listener(request, response)).listen(0, '127.0.0.1')
  closers.push(() => {
    server.closeAllConnections()
    return new Promise((resolve) => server.close(resolve))
  })
  await once(server, 'listening')
  const address = server.address()
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : address}`
}

interface Seen {
  method: string | undefined
  url: string | undefined
  authorization: string | undefined
  body: unknown
}

/** A server that notes what it was asked and answers as told. */
async function serveAnswer(status: number, answer: unknown, headers: Record<string, string> = {}) {
  const seen: (Seen & { headers: IncomingMessage['headers'] })[] = []
  const baseUrl = await serve(async (request, response) => {
    const body = request.headers['content-type'] ? await json(request) : undefined
    const { method, url } = request
    seen.push({ method, url, authorization: request.headers.authorization, body, headers: request.headers })
    response.writeHead(status, { 'content-type': 'application/json', ...headers })
    response.end(typeof answer === 'string' ? answer : JSON.stringify(answer))
  })
  return { baseUrl, seen }
}

test('an order is placed with the token, the idempotency key and the body of the call', async () => {
  const accepted = { orderId: 'an-order', itemId: 7, quantity: 2, status: 'accepted' }
  const { baseUrl, seen } = await serveAnswer(202, accepted)
  const outcome = await createClient({ baseUrl: `${baseUrl}/`, token: 'a-token' }).placeOrder(
    { itemId: 7, quantity: 2 },
    { idempotencyKey: 'a-key' },
  )
  expect(outcome).toEqual({ ok: true, status: 202, value: accepted })
  expect(seen).toMatchObject([
    { method: 'POST', url: '/v1/orders', authorization: 'Bearer a-token', body: { itemId: 7, quantity: 2 } },
  ])
  expect(seen[0]?.headers['idempotency-key']).toBe('a-key')
})

test('an answer that was given before says so', async () => {
  const { baseUrl } = await serveAnswer(202, {}, { 'Idempotent-Replayed': 'true' })
  expect(await createClient({ baseUrl }).placeOrder({ itemId: 1, quantity: 1 })).toMatchObject({ replayed: true })
})

test('a refusal is a value: the problem as the service sent it', async () => {
  const problem = problemOf('SALE_PAUSED')
  const { baseUrl } = await serveAnswer(503, problem, { 'content-type': 'application/problem+json' })
  expect(await createClient({ baseUrl }).placeOrder({ itemId: 1, quantity: 1 })).toEqual({ ok: false, problem })
})

test('operators act with their key, buyers read with their token', async () => {
  const { baseUrl, seen } = await serveAnswer(200, {})
  const client = createClient({ baseUrl, token: 'a-token', opsKey: 'a-key' })
  const sale = { name: 's', opensAt: '2026-01-01T00:00:00Z', closesAt: '2026-01-02T00:00:00Z', items: [] }
  await client.createSale(sale)
  await client.pauseSale(3)
  await client.resumeSale(3)
  await client.closeSale(3)
  await client.restockItem(7, { units: 5 }, { idempotencyKey: 'restock-1' })
  await client.rebuildItem(7)
  await client.auditItem(7)
  await client.readOrder('an/order')
  await createClient({ baseUrl, opsKey: 'a-key' }).readOrder('an-order')
  await client.listSales()
  await client.readSale(3)
  await client.makeDevToken('jane')
  await client.ready()
  expect(seen.map(({ method, url, authorization, body }) => [method, url, authorization, body])).toEqual([
    ['POST', '/v1/ops/sales', 'Bearer a-key', sale],
    ['POST', '/v1/ops/sales/3/pause', 'Bearer a-key', undefined],
    ['POST', '/v1/ops/sales/3/resume', 'Bearer a-key', undefined],
    ['POST', '/v1/ops/sales/3/close', 'Bearer a-key', undefined],
    ['POST', '/v1/ops/items/7/restock', 'Bearer a-key', { units: 5 }],
    ['POST', '/v1/ops/items/7/rebuild', 'Bearer a-key', undefined],
    ['GET', '/v1/ops/items/7/audit', 'Bearer a-key', undefined],
    ['GET', '/v1/orders/an%2Forder', 'Bearer a-token', undefined],
    ['GET', '/v1/orders/an-order', 'Bearer a-key', undefined],
    ['GET', '/v1/sales', undefined, undefined],
    ['GET', '/v1/sales/3', undefined, undefined],
    ['POST', '/v1/dev/tokens', undefined, { buyer: 'jane' }],
    ['GET', '/health/ready', undefined, undefined],
  ])
  expect(seen[4]?.headers['idempotency-key']).toBe('restock-1')
})

test('every act of an operator can carry a key', async () => {
  const { baseUrl, seen } = await serveAnswer(200, {})
  const client = createClient({ baseUrl, opsKey: 'a-key' })
  const key = { idempotencyKey: 'act-1' }
  const sale = { name: 's', opensAt: '2026-01-01T00:00:00Z', closesAt: '2026-01-02T00:00:00Z', items: [] }
  await client.createSale(sale, key)
  await client.pauseSale(3, key)
  await client.resumeSale(3, key)
  await client.closeSale(3, key)
  await client.restockItem(7, { units: 5 }, key)
  await client.rebuildItem(7, key)
  await client.retryJob('7-1-1-0', key)
  expect(seen.map(({ headers }) => headers['idempotency-key'])).toEqual(Array.from({ length: 7 }, () => 'act-1'))
})

test('a service that is not there is an outcome with its reason, not an exception', async () => {
  const outcome = await createClient({ baseUrl: 'http://127.0.0.1:9' }).listSales()
  expect(outcome).toMatchObject({ ok: false, problem: { code: 'NO_ANSWER' } })
  expect(outcome.ok || outcome.problem.detail).toMatch(/fetch failed: \S/)
})

test('a connection that breaks before the answer is an outcome', async () => {
  const baseUrl = await serve((request) => void request.socket.destroy())
  expect(await createClient({ baseUrl }).placeOrder({ itemId: 1, quantity: 1 })).toMatchObject({
    ok: false,
    problem: { code: 'NO_ANSWER' },
  })
})

test('an answer that never comes is an outcome once the time is over', async () => {
  const baseUrl = await serve(() => {})
  const outcome = await createClient({ baseUrl, timeoutMs: 50 }).listSales()
  expect(outcome).toMatchObject({ ok: false, problem: { code: 'NO_ANSWER' } })
  expect(outcome.ok || outcome.problem.detail).toMatch(/timeout/)
})

test.each([
  [502, '<html>Bad Gateway</html>'],
  [503, { error: 'from a proxy' }],
  [200, '<html>a captive portal</html>'],
])('an answer %i from something else on the way keeps its status and is not taken for ours', async (status, answer) => {
  const { baseUrl } = await serveAnswer(status, answer)
  expect(await createClient({ baseUrl }).listSales()).toMatchObject({
    ok: false,
    problem: { code: 'NO_ANSWER', status },
  })
})
