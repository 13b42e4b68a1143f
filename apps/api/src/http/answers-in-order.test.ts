import { OrderAccepted, orderEventName } from '@flash-sale/contract/orders'
import { eventually } from '@flash-sale/testing/eventually'
import { buyerToken } from '@flash-sale/testing/test-tokens'
import { connect } from 'node:net'
import { beforeAll, expect, onTestFinished, test } from 'vitest'
import { expectProblem, expectSuccess } from '../testing/expect-answer.fixture.ts'
import { bareHead, keptHead, listenOnFreePort, rawHead, sendPipelined } from '../testing/raw-http.fixture.ts'
import { persistWaiting } from '../testing/persist-waiting.fixture.ts'
import { withApi } from '../testing/start-test-api.fixture.ts'

const api = withApi()
let itemId: number
let port: number

beforeAll(async () => {
  itemId = (await api.createItem({ total: 1_000, purchaseLimit: 1_000 })).itemId
  port = await listenOnFreePort(api.app)
})

const ann = `Authorization: Bearer ${buyerToken('ann')}`
const json = 'Content-Type: application/json'

function order(): string {
  const body = `{"itemId":${itemId},"quantity":1}`
  return keptHead('POST', '/v1/orders', [ann, json, `Content-Length: ${body.length}`]) + body
}

test.each([
  ['bytes that are not HTTP', () => 'BAD\r\n\r\n'],
  ['bytes of TLS', () => Buffer.from('16030100a5010000a10303', 'hex').toString('latin1')],
  ['headers that are too large', () => keptHead('GET', '/v1/sales', [`X-A: ${'a'.repeat(64 * 1024)}`])],
  [
    'a body whose chunks are none',
    () => `${keptHead('POST', '/v1/orders', [ann, json, 'Transfer-Encoding: chunked'])}zz\r\n`,
  ],
  [
    'chunks that nobody reads and that are none',
    () => `${keptHead('POST', '/v1/none', ['Transfer-Encoding: chunked'])}zz\r\n`,
  ],
])('%s after two orders are refused after the answers to both', async (_what, rest) => {
  const [first, second, third, ...others] = await sendPipelined(port, order() + order() + rest())
  expectSuccess(first!, 202, OrderAccepted)
  expectSuccess(second!, 202, OrderAccepted)
  expect([400, 404]).toContain(third!.statusCode)
  expect(others).toEqual([])
})

test('bytes after a request that asks to close do not change its answer', async () => {
  const closing = order().replace('Host:', 'Connection: close\r\nHost:')
  const [first, ...others] = await sendPipelined(port, `${closing}BAD\r\n\r\n`)
  expectSuccess(first!, 202, OrderAccepted)
  expect(others).toEqual([])
})

test('a tunnel is refused, and after an order only once the order is answered', async () => {
  const tunnel = bareHead('CONNECT', 'other.example:443', ['Host: other.example'])
  expectProblem((await sendPipelined(port, tunnel))[0]!, 'INVALID_REQUEST')
  const [first, second] = await sendPipelined(port, order() + tunnel)
  expectSuccess(first!, 202, OrderAccepted)
  expectProblem(second!, 'INVALID_REQUEST')
})

test('an offer to change the protocol is passed over, and answered in its turn', async () => {
  const upgrade = rawHead('GET', '/v1/none', ['Upgrade: websocket']).replace('close', 'close, upgrade')
  const [first, second, ...others] = await sendPipelined(port, order() + upgrade)
  expectSuccess(first!, 202, OrderAccepted)
  expectProblem(second!, 'ROUTE_NOT_FOUND')
  expect(others).toEqual([])
})

test('the time of a half-sent request runs out without a word in the answer to the one before', async () => {
  const inProduction = { requestTimeout: 10_000, headersTimeout: 10_000 }
  Object.assign(api.app.server, { requestTimeout: 300, headersTimeout: 300 })
  onTestFinished(() => void Object.assign(api.app.server, inProduction))
  for (const half of ['GET /v1/sal', keptHead('POST', '/v1/orders', [ann, json, 'Content-Length: 100'])]) {
    const { stream, heard, ended } = await openStreamWith(half)
    // Longer than the time-out and the look at it: the stream is still whole.
    await eventually(() => performance.now() > stream.openedAtMs + 1_800, { what: 'the time-out to pass' })
    expect(heard()).not.toMatch(/HTTP\/1\.1 400/)
    await persistWaiting(api.stores, itemId)
    await ended
    const [events, refusal] = heard().split('HTTP/1.1 400 Bad Request')
    expect(events).toMatch(/"status":"confirmed"/)
    expect(events).toMatch(/0\r\n\r\n$/)
    expect(refusal).toMatch('The request did not arrive in time.')
  }
})

test('a stream goes on to its end when bytes that are not HTTP follow its request', async () => {
  const { heard, ended } = await openStreamWith('BAD\r\n\r\n')
  expect(heard()).not.toMatch(/HTTP\/1\.1 400/)
  await persistWaiting(api.stores, itemId)
  await ended
  expect(heard()).toMatch(/"status":"confirmed"/)
})

/** Follows a new order on a connection, and sends more bytes once the first event is there. */
async function openStreamWith(more: string) {
  const { orderId } = expectSuccess(await api.order('ann', { itemId, quantity: 1 }), 202, OrderAccepted)
  const socket = connect({ port, host: '127.0.0.1' })
  onTestFinished(() => void socket.destroy())
  const pieces: Buffer[] = []
  const heard = () => Buffer.concat(pieces).toString('latin1')
  socket.on('data', (piece) => pieces.push(piece))
  socket.on('error', () => undefined)
  const ended = new Promise<void>((resolve) => {
    socket.once('close', () => resolve())
  })
  socket.write(keptHead('GET', `/v1/orders/${orderId}/events`, [ann]))
  await eventually(() => heard().includes(`event: ${orderEventName}`), { what: 'the first event' })
  socket.write(more)
  return { stream: { openedAtMs: performance.now() }, heard, ended }
}
