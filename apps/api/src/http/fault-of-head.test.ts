import { OrderAccepted, OrderView } from '@flash-sale/contract/orders'
import { buyerToken, testOpsKey } from '@flash-sale/testing/test-tokens'
import { beforeAll, expect, test } from 'vitest'
import { expectProblem, expectSuccess, type Answer } from '../testing/expect-answer.fixture.ts'
import { bareHead, listenOnFreePort, rawHead, sendRaw } from '../testing/raw-http.fixture.ts'
import { withApi } from '../testing/start-test-api.fixture.ts'
import { headerCountMax } from './fault-of-head.ts'

const api = withApi()
let itemId: number
let port: number

beforeAll(async () => {
  itemId = (await api.createItem({ total: 1_000, purchaseLimit: 1_000 })).itemId
  port = await listenOnFreePort(api.app)
})

const ann = `Authorization: Bearer ${buyerToken('ann')}`
const json = 'Content-Type: application/json'

/** An order whose key comes last; `rawHead` has sent Host and Connection before. */
function order(headers: readonly string[], key = 'Idempotency-Key: k'): Promise<Answer> {
  const body = `{"itemId":${itemId},"quantity":1}`
  const lines = [ann, json, `Content-Length: ${body.length}`, ...headers, key]
  return sendRaw(port, rawHead('POST', '/v1/orders', lines) + body)
}

test.each([
  ['Idempotency-Key: k'],
  ['Idempotency-Key: other'],
  ['IDEMPOTENCY-KEY: k'],
  [`Authorization: Bearer ${buyerToken('bob')}`],
  [`authorization: Bearer ${buyerToken('ann')}`],
  ['Authorization: Bearer x'],
  ['Content-Type: application/json'],
  ['content-type: text/csv'],
  ['Host: other.example'],
  ['Host: localhost'],
])('an order with a second header %s is refused, and the answer names the header', async (second) => {
  const { detail } = expectProblem(await order([second]), 'INVALID_REQUEST')
  expect(detail.toLowerCase()).toMatch(`send the header ${second.split(':')[0]!.toLowerCase()} once`)
})

test.each([
  ['/v1/ops/stream', ['Last-Event-ID: 1', 'Last-Event-ID: 2']],
  ['/ops/queue/', ['Cookie: a=1', 'Cookie: a=2']],
  ['/v1/none', ['Host: localhost']],
  ['/docs', ['Host: localhost']],
])('%s refuses the headers %j', async (path, headers) => {
  const request = rawHead('GET', path, [`Authorization: Bearer ${testOpsKey}`, ...headers])
  expect(expectProblem(await sendRaw(port, request), 'INVALID_REQUEST').detail).toMatch(/more than once\.$/)
})

test('headers that are lists may come twice', async () => {
  const lists = [
    'Accept: text/html',
    'Accept: application/json',
    'X-Forwarded-For: 1.1.1.1',
    'X-Forwarded-For: 2.2.2.2',
  ]
  expectSuccess(await order(lists), 202, OrderAccepted)
})

test.each([headerCountMax - 5, 990, 995, 2_000, 2_500])(
  'a key behind %i other headers is refused, not dropped',
  async (count) => {
    const others = Array.from({ length: count }, (_, i) => `x${i % 10}:`)
    const answer = await order(others, 'Idempotency-Key: behind')
    expect(expectProblem(answer, 'INVALID_REQUEST').detail).toMatch('at most 100 headers')
  },
)

test('a key is read behind as many other headers as may be sent', async () => {
  const others = Array.from({ length: headerCountMax - 6 }, (_, i) => `x-${i}: ${i}`)
  expectSuccess(await order(others, 'Idempotency-Key: last'), 202, OrderAccepted)
  expect((await order(others, 'Idempotency-Key: last')).headers['idempotent-replayed']).toBe('true')
})

test('a request without a Host, and one with an expectation that is not known, are refused with a problem', async () => {
  const closing = 'Connection: close'
  expect(expectProblem(await sendRaw(port, bareHead('GET', '/v1/sales', [closing])), 'INVALID_REQUEST').detail).toBe(
    'Send the header Host.',
  )
  expectProblem(await sendRaw(port, rawHead('GET', '/v1/sales', ['Expect: foo'])), 'EXPECTATION_FAILED')
  expectProblem(await sendRaw(port, bareHead('GET', '/v1/sales', [closing, 'Expect: foo'])), 'INVALID_REQUEST')
})

test('HTTP/1.0, which knows no Host, is served, and so is the one expectation that there is', async () => {
  expect((await sendRaw(port, 'GET /health/live HTTP/1.0\r\n\r\n')).statusCode).toBe(200)
  const first = await order(['Expect: 100-continue'], 'Idempotency-Key: expecting')
  expect(first.statusCode).toBe(100)
  const { orderId } = expectSuccess(await api.order('ann', { itemId, quantity: 1 }, 'expecting'), 202, OrderAccepted)
  expectSuccess(await api.readOrder('ann', orderId), 200, OrderView)
})
