import { OrderAccepted } from '@flash-sale/contract/orders'
import { eventually } from '@flash-sale/testing/eventually'
import { buyerToken, testOpsKey } from '@flash-sale/testing/test-tokens'
import { connect } from 'node:net'
import { beforeAll, describe, expect, test } from 'vitest'
import { expectAnyProblem, expectProblem, expectSuccess } from '../testing/expect-answer.fixture.ts'
import { listenOnFreePort, rawHead, sendRaw } from '../testing/raw-http.fixture.ts'
import { withApi } from '../testing/start-test-api.fixture.ts'

const api = withApi()
let itemId: number
let port: number

beforeAll(async () => {
  itemId = (await api.createItem({ total: 1_000, purchaseLimit: 1_000 })).itemId
  port = await listenOnFreePort(api.app)
})

const ann = `Authorization: Bearer ${buyerToken('ann')}`
const ops = `Authorization: Bearer ${testOpsKey}`
const json = 'Content-Type: application/json'

function body(): string {
  return `{"itemId":${itemId},"quantity":1}`
}

function openConnectionCount(): Promise<number> {
  return new Promise((resolve, reject) => {
    api.app.server.getConnections((error, count) => (error ? reject(error) : resolve(count)))
  })
}

describe('over the wire', () => {
  test('an order sent byte by byte as bytes arrive is an order', async () => {
    const request = rawHead('POST', '/v1/orders', [ann, json, `Content-Length: ${body().length}`]) + body()
    expectSuccess(await sendRaw(port, request, { byteDelayMs: 0.1 }), 202, OrderAccepted)
  })

  test.each([
    ['nothing like HTTP', () => 'hello\r\n\r\n'],
    ['TLS', () => Buffer.from('16030100a5010000a10303', 'hex')],
    ['HTTP/2', () => 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['an unknown method', () => rawHead('BUY', '/v1/orders')],
    ['an unknown version', () => 'GET / HTTP/9.9\r\n\r\n'],
    ['a space in the path', () => rawHead('GET', '/v1/sales /1')],
    ['a header without a colon', () => rawHead('GET', '/v1/sales', ['Nonsense'])],
    ['a NUL in a header', () => rawHead('GET', '/v1/sales', ['X-A: a\0b'])],
    ['a control character in the key', () => rawHead('POST', '/v1/orders', [ann, json, 'Idempotency-Key: a\x01b'])],
    ['a space before a colon', () => rawHead('POST', '/v1/orders', [ann, 'Content-Length : 2']) + '{}'],
    ['two lengths', () => rawHead('POST', '/v1/orders', [ann, 'Content-Length: 2', 'Content-Length: 3']) + '{}'],
    ['a length below zero', () => rawHead('POST', '/v1/orders', [ann, json, 'Content-Length: -1']) + '{}'],
    ['a length that is no number', () => rawHead('POST', '/v1/orders', [ann, json, 'Content-Length: two']) + '{}'],
    [
      'a length and chunks',
      () =>
        `${rawHead('POST', '/v1/orders', [ann, json, 'Content-Length: 2', 'Transfer-Encoding: chunked'])}2\r\n{}\r\n0\r\n\r\n`,
    ],
    [
      'a chunk whose size is no number',
      () => `${rawHead('POST', '/v1/orders', [ann, json, 'Transfer-Encoding: chunked'])}zz\r\n`,
    ],
    ['headers of 64 KiB', () => rawHead('GET', '/v1/sales', [`X-A: ${'a'.repeat(64 * 1024)}`])],
    [
      'ten thousand headers',
      () =>
        rawHead(
          'GET',
          '/v1/sales',
          Array.from({ length: 10_000 }, (_, i) => `X-${i}: ${i}`),
        ),
    ],
    ['a path of 64 KiB', () => rawHead('GET', `/${'a'.repeat(64 * 1024)}`)],
  ])('%s is refused with a problem', async (_what, request) => {
    expectProblem(await sendRaw(port, request()), 'INVALID_REQUEST')
  })

  test('an idempotency key beyond ASCII is refused', async () => {
    const head = rawHead('POST', '/v1/orders', [ann, json, 'Idempotency-Key: \xe9', `Content-Length: ${body().length}`])
    expectProblem(await sendRaw(port, head + body()), 'INVALID_REQUEST')
  })

  test('a body in chunks that grows over 16 KiB is refused, however it goes on', async () => {
    const chunk = `400\r\n${' '.repeat(1_024)}\r\n`
    const request = rawHead('POST', '/v1/orders', [ann, json, 'Transfer-Encoding: chunked']) + chunk.repeat(100)
    expectProblem(await sendRaw(port, request), 'PAYLOAD_TOO_LARGE')
  })

  test('a length over 16 KiB is refused before the body comes', async () => {
    expectProblem(
      await sendRaw(port, rawHead('POST', '/v1/orders', [ann, json, 'Content-Length: 16385'])),
      'PAYLOAD_TOO_LARGE',
    )
  })

  test('a request that trickles is cut, whether it is the head or the body that does not come', async () => {
    const inProduction = { requestTimeout: 10_000, headersTimeout: 10_000 }
    expect(api.app.server).toMatchObject(inProduction)
    Object.assign(api.app.server, { requestTimeout: 300, headersTimeout: 300 })
    const head = rawHead('POST', '/v1/orders', [ann, json, 'Content-Length: 100'])
    const slow = { byteDelayMs: 25 }
    const answers = await Promise.all([sendRaw(port, head, slow), sendRaw(port, `${head}{`), sendRaw(port, 'GET /')])
    for (const answer of answers) {
      expect(expectProblem(answer, 'INVALID_REQUEST').detail).toBe('The request did not arrive in time.')
    }
    Object.assign(api.app.server, inProduction)
  })

  test('a client that never closes its side does not keep its socket', async () => {
    const client = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
    client.on('error', () => undefined)
    client.write('nonsense\r\n\r\n')
    await eventually(() => client.bytesRead > 0, { what: 'the refusal' })
    await eventually(async () => (await openConnectionCount()) === 0, { what: 'the server to let go of the socket' })
    client.destroy()
  })
})

const wrongIds = [
  '0',
  '-1',
  '+1',
  '1.5',
  '1e3',
  '01',
  '0x1',
  '2147483648',
  '4294967297',
  '9'.repeat(30),
  'abc',
  'NaN',
  'null',
  '%00',
  '1%00',
  '%31%20',
  '%F0%9F%98%80',
  '1;drop',
  '1,2',
  '%2e%2e',
  '..%2f..%2fetc%2fpasswd',
  '%c0%ae',
  '%zz',
  '%',
  'a'.repeat(200),
  '١',
  '1%0a',
]

describe.each(wrongIds)('the id %s', (id) => {
  test.each([
    ['GET', `/v1/sales/${id}`],
    ['POST', `/v1/ops/sales/${id}/pause`],
    ['POST', `/v1/ops/items/${id}/rebuild`],
    ['GET', `/v1/ops/items/${id}/audit`],
    ['GET', `/v1/orders/${id}`],
  ])('is refused by %s %s', async (method, path) => {
    const answer = await sendRaw(port, Buffer.from(rawHead(method, path, [ops])))
    const { status } = expectAnyProblem(answer)
    expect([400, 404]).toContain(status)
  })
})

test.each([
  '/',
  '/v1',
  '/v1/',
  '/v1/order',
  '/v2/orders',
  '/v1/orders/',
  '/V1/ORDERS',
  '//v1/orders',
  '/v1/orders/../sales',
  '/../../etc/passwd',
  '/v1/sales/1/2',
  '/.env',
  '/docs/../../package.json',
  '/v1/orders?x=1&x=2#y',
  '/v1/%6frders/%',
  '*',
  'http://other.example/v1/none',
])('POST %s leads nowhere', async (path) => {
  const { status } = expectAnyProblem(await sendRaw(port, rawHead('POST', path, [ann])))
  expect([400, 404, 405, 415]).toContain(status)
})

test('HEAD is answered as GET without a body', async () => {
  const answer = await sendRaw(port, rawHead('HEAD', '/v1/sales'))
  expect(answer).toMatchObject({ statusCode: 200, body: '' })
  expect(await sendRaw(port, rawHead('HEAD', '/v1/sales/999'))).toMatchObject({ statusCode: 404, body: '' })
})

test('the service still takes orders after all this', async () => {
  expectSuccess(await api.order('bob', { itemId, quantity: 1 }), 202, OrderAccepted)
})

test.each([
  ['/v1/sales?state=soon', 'querystring/state must be one of scheduled, open, paused, closed.'],
  ['/v1/ops/refunds?state=lost', 'querystring/state must be one of due, failing, done.'],
  ['/v1/ops/payments?state=', 'querystring/state must be one of open, failed, paid, late, refund.'],
])('%s names the values that are allowed', async (path, detail) => {
  expect(expectProblem(await api.get(path, testOpsKey), 'INVALID_REQUEST').detail).toBe(detail)
})
