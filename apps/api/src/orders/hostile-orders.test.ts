import { OrderAccepted } from '@flash-sale/contract/orders'
import { problemCatalogue, type ProblemCode } from '@flash-sale/contract/problem'
import { buyerToken } from '@flash-sale/testing/test-tokens'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { expectAnyProblem, expectProblem, expectSuccess } from '../testing/expect-answer.fixture.ts'
import { withApi } from '../testing/start-test-api.fixture.ts'

const api = withApi()
let itemId: number

beforeAll(async () => {
  itemId = (await api.createItem({ total: 10_000, purchaseLimit: 1_000 })).itemId
})
afterAll(async () => {
  expect(await api?.audit(itemId)).toMatchObject({ balanced: true })
})

const authorization = `Bearer ${buyerToken('ann')}`
const json = 'application/json'

function post(
  payload: string | Buffer | undefined,
  headers: Record<string, string | undefined> = { 'content-type': json },
) {
  const given = Object.entries(headers).filter(([, value]) => value !== undefined)
  return api.app.inject({
    method: 'POST',
    url: '/v1/orders',
    headers: { authorization, ...Object.fromEntries(given) },
    ...(payload !== undefined && { payload }),
  })
}

/** Values as they stand in the JSON text, so that some of them are not JSON. */
const wrongValues = [
  '"1"',
  '1.5',
  '1e99',
  '-1e99',
  '1e400',
  '1e-1',
  'null',
  'true',
  'false',
  '[]',
  '[1]',
  '{}',
  '""',
  '-1',
  '0',
  '-0',
  '1e10',
  '2147483648',
  '9007199254740993',
  'NaN',
  'Infinity',
  'undefined',
  '01',
  '+1',
  '1.',
  '.5',
  '0x1',
  '1n',
  '1_0',
  "'1'",
  '',
  '1 1',
]

describe.each(['itemId', 'quantity'])('%s', (field) => {
  test.each(wrongValues)('= %s is refused', async (value) => {
    const valid = { itemId: String(itemId), quantity: '1' }
    const body = Object.entries({ ...valid, [field]: value }).map(([name, text]) => `"${name}":${text}`)
    expectProblem(await post(`{${body.join(',')}}`), 'INVALID_REQUEST')
  })
})

const valid = () => `"itemId":${itemId},"quantity":1`

test.each<[string, () => string | Buffer | undefined, ProblemCode?]>([
  ['no body', () => undefined],
  ['an empty body', () => ''],
  ['white space', () => ' \n '],
  ['text', () => 'hello'],
  ['null', () => 'null'],
  ['a number', () => '1'],
  ['a string', () => '"itemId"'],
  ['a list of orders', () => `[{${valid()}}]`],
  ['an empty object', () => '{}'],
  ['no quantity', () => `{"itemId":${itemId}}`],
  ['no item', () => '{"quantity":1}'],
  ['an unknown field', () => `{${valid()},"buyer":"bob"}`],
  ['a field in another case', () => `{${valid()},"Quantity":1}`],
  ['an empty field name', () => `{${valid()},"":1}`],
  ['__proto__', () => `{${valid()},"__proto__":{"isAdmin":true}}`],
  ['an escaped __proto__', () => String.raw`{${valid()},"\u005f_proto__":{"isAdmin":true}}`],
  ['__proto__ that holds the fields', () => `{"__proto__":{${valid()}}}`],
  ['constructor.prototype', () => `{${valid()},"constructor":{"prototype":{"isAdmin":true}}}`],
  ['a constructor', () => `{${valid()},"constructor":1}`],
  ['toString', () => `{${valid()},"toString":1}`],
  ['a body cut short', () => `{${valid()}`],
  ['a trailing comma', () => `{${valid()},}`],
  ['two objects', () => `{${valid()}}{${valid()}}`],
  ['a comment', () => `{${valid()}} // one please`],
  ['deep lists', () => '['.repeat(8_000) + ']'.repeat(8_000)],
  ['deep objects', () => `{"itemId":${'{"a":'.repeat(2_000)}1${'}'.repeat(2_000)},"quantity":1}`],
  ['a NUL', () => `{${valid()}\0}`],
  ['a byte that is not UTF-8', () => Buffer.from(`{${valid()},"\xff":1}`, 'latin1')],
  ['an overlong encoding', () => Buffer.concat([Buffer.from(`{${valid()}`), Buffer.of(0xc1, 0xbd)])],
  ['a field name with a lone surrogate', () => String.raw`{${valid()},"\ud800":1}`],
  ['more than 16 KiB', () => `{${valid()}}${' '.repeat(16 * 1024)}`, 'PAYLOAD_TOO_LARGE'],
  ['a form', () => `itemId=${itemId}&quantity=1`],
])('a body of %s is refused', async (_what, body, code = 'INVALID_REQUEST') => {
  expectProblem(await post(body()), code)
})

test('16 KiB are not too many, and white space and a byte order mark of UTF-8 mean nothing', async () => {
  const body = `{${valid()}}`
  expectSuccess(await post(body + ' '.repeat(16 * 1024 - body.length)), 202, OrderAccepted)
  expectSuccess(await post(`\ufeff${body}`), 202, OrderAccepted)
})

test('a field given twice counts as it was given last, as in every JSON parser', async () => {
  expect(expectSuccess(await post(`{${valid()},"quantity":3}`), 202, OrderAccepted).quantity).toBe(3)
  expectProblem(await post(`{${valid()},"quantity":"3"}`), 'INVALID_REQUEST')
})

test.each([
  undefined,
  '',
  'text/plain',
  'text/json',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'application/jsonp',
  'application/json-patch+json',
  'application/vnd.api+json',
  'application/xml',
  '*/*',
  'json',
  'application/json, text/plain',
  'application /json',
  ';application/json',
])('a body whose content type is %s is refused', async (contentType) => {
  expectProblem(await post(`{${valid()}}`, { 'content-type': contentType }), 'UNSUPPORTED_MEDIA_TYPE')
})

test.each([json, 'application/json; charset=utf-8', 'application/json;charset="UTF-8"', 'Application/JSON'])(
  'a body whose content type is %s is taken',
  async (contentType) => {
    expectSuccess(await post(`{${valid()}}`, { 'content-type': contentType }), 202, OrderAccepted)
  },
)

test.each([
  ['empty', ''],
  ['of 256 characters', 'k'.repeat(256)],
  ['with a tab', 'a\tb'],
  ['with a new line', 'a\nb'],
  ['with a NUL', 'a\0b'],
  ['with DEL', 'a\x7fb'],
  ['with é', 'é'],
  ['of Chinese characters', '订单'],
])('an idempotency key %s is refused', async (_what, key) => {
  expectProblem(await post(`{${valid()}}`, { 'content-type': json, 'idempotency-key': key }), 'INVALID_REQUEST')
})

test.each([
  ['of one space', ' '],
  ['of 255 characters', '~'.repeat(255)],
  ['of quotes, braces and back slashes', String.raw`"{item:1}\u0000\"'`],
])('an idempotency key %s is taken', async (_what, key) => {
  const headers = { 'content-type': json, 'idempotency-key': key }
  expectSuccess(await post(`{${valid()}}`, headers), 202, OrderAccepted)
  expect((await post(`{${valid()}}`, headers)).headers['idempotent-replayed']).toBe('true')
})

test("whatever the body is, the answer is an order or a problem of the client's making", async () => {
  const wild = fc.oneof(
    fc.json(),
    fc.json().map((text) => text.slice(0, -1)),
    fc.string({ unit: 'binary' }),
    fc.uint8Array().map((bytes) => Buffer.from(bytes)),
  )
  const field = fc.oneof(fc.jsonValue(), fc.double(), fc.integer(), fc.constantFrom(1, 2, 3))
  const ordersAlmost = fc
    .record({ itemId: fc.oneof(field, fc.constant('OURS')), quantity: field, extra: field }, { requiredKeys: [] })
    .map((order) => JSON.stringify(order).replace('"OURS"', String(itemId)))
  const keys = fc.option(fc.string({ unit: 'binary-ascii', maxLength: 300 }), { nil: undefined })
  await fc.assert(
    fc.asyncProperty(fc.oneof(wild, ordersAlmost), keys, async (body, key) => {
      const answer = await post(body, { 'content-type': json, 'idempotency-key': key })
      if (answer.statusCode === 202) expectSuccess(answer, 202, OrderAccepted)
      else expect(expectAnyProblem(answer).status).toBeLessThan(500)
    }),
    { numRuns: 1_500 },
  )
})

test('no refusal of a request changes what is answered to the next', async () => {
  expect(({} as { isAdmin?: unknown }).isAdmin).toBeUndefined()
  expect(Object.keys(problemCatalogue)).toContain('INVALID_REQUEST')
  expectSuccess(await post(`{${valid()}}`), 202, OrderAccepted)
})
