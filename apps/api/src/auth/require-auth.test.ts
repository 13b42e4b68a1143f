import { OrderAccepted } from '@flash-sale/contract/orders'
import { buyerToken, signToken, testJwtSecret, testOpsKey } from '@flash-sale/testing/test-tokens'
import { beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import { expectProblem, expectSuccess } from '../testing/expect-answer.fixture.ts'
import { withApi } from '../testing/start-test-api.fixture.ts'

const api = withApi()
let itemId: number

beforeAll(async () => {
  itemId = (await api.createItem({ total: 1_000 })).itemId
})

function orderAs(authorization: string | undefined) {
  return api.app.inject({
    method: 'POST',
    url: '/v1/orders',
    headers: { 'content-type': 'application/json', ...(authorization !== undefined && { authorization }) },
    payload: JSON.stringify({ itemId, quantity: 1 }),
  })
}

const nowS = Math.floor(Date.now() / 1_000)
const encoded = (part: unknown) => Buffer.from(JSON.stringify(part)).toString('base64url')
const [head, claims, signature] = buyerToken('ann').split('.') as [string, string, string]

test.each([
  ['no token', undefined],
  ['an empty header', ''],
  ['the scheme alone', 'Bearer'],
  ['the scheme and nothing', 'Bearer '],
  ['no scheme', buyerToken('ann')],
  ['another scheme', `Basic ${Buffer.from('ann:secret').toString('base64')}`],
  ['two spaces', `Bearer  ${buyerToken('ann')}`],
  ['two tokens', `Bearer ${buyerToken('ann')} ${buyerToken('bob')}`],
  ['not a token', 'Bearer token'],
  ['dots only', 'Bearer ..'],
  ['a very long word', `Bearer ${'x'.repeat(10_000)}`],
  ['another secret', `Bearer ${signToken({ sub: 'ann' }, { secret: `${testJwtSecret}.` })}`],
  ['no signature', `Bearer ${head}.${claims}.`],
  ['two parts', `Bearer ${head}.${claims}`],
  ['a changed signature', `Bearer ${head}.${claims}.${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`],
  ['changed claims', `Bearer ${head}.${encoded({ sub: 'bob' })}.${signature}`],
  ['alg none, unsigned', `Bearer ${encoded({ alg: 'none', typ: 'JWT' })}.${claims}.`],
  ['alg none, signed', `Bearer ${signToken({ sub: 'ann' }, { header: { alg: 'none' } })}`],
  ['alg RS256', `Bearer ${signToken({ sub: 'ann' }, { header: { alg: 'RS256', typ: 'JWT' } })}`],
  ['alg HS512', `Bearer ${signToken({ sub: 'ann' }, { header: { alg: 'HS512' }, hash: 'sha512' })}`],
  ['alg missing', `Bearer ${signToken({ sub: 'ann' }, { header: { typ: 'JWT' } })}`],
  ['a header that is no object', `Bearer ${signToken({ sub: 'ann' }, { header: [] as never })}`],
  [
    'an embedded key',
    `Bearer ${signToken({ sub: 'ann' }, { secret: 'k', header: { alg: 'HS256', jwk: { kty: 'oct', k: 'aw' } } })}`,
  ],
  ['expired', `Bearer ${signToken({ sub: 'ann', exp: nowS - 1 })}`],
  ['an expiry that is no number', `Bearer ${signToken({ sub: 'ann', exp: 'never' })}`],
  ['not yet valid', `Bearer ${signToken({ sub: 'ann', nbf: nowS + 3_600 })}`],
  ['claims that are null', `Bearer ${signToken(null)}`],
  ['claims that are a list', `Bearer ${signToken([{ sub: 'ann' }])}`],
  ['claims that are text', `Bearer ${signToken('ann')}`],
  ['no subject', `Bearer ${signToken({ name: 'ann' })}`],
  ['a subject that is null', `Bearer ${signToken({ sub: null })}`],
  ['a subject that is a number', `Bearer ${signToken({ sub: 7 })}`],
  ['a subject that is a list', `Bearer ${signToken({ sub: ['ann'] })}`],
  ['an empty subject', `Bearer ${signToken({ sub: '' })}`],
  ['a NUL in the subject', `Bearer ${signToken({ sub: 'ann\0' })}`],
  ['a new line in the subject', `Bearer ${signToken({ sub: 'ann\nbob' })}`],
  ['a subject of 129 characters', `Bearer ${signToken({ sub: 'a'.repeat(129) })}`],
  ['a lone surrogate in the subject', `Bearer ${signToken({ sub: 'ann\ud800' })}`],
  ["the operators' key", `Bearer ${testOpsKey}`],
])('%s does not make a buyer', async (_what, authorization) => {
  expectProblem(await orderAs(authorization), 'UNAUTHORIZED')
})

test.each([
  ['the scheme in any case', `bEaReR ${buyerToken('ann')}`],
  ['a subject of 128 characters beyond the basic plane', `Bearer ${buyerToken('😀'.repeat(128))}`],
  ['a subject with spaces and marks', `Bearer ${buyerToken('Zoë O\'Neil {item:1} "x" \\')}`],
  [
    'unknown claims',
    `Bearer ${signToken({ sub: 'ann', exp: nowS + 60, nbf: nowS - 60, iat: nowS, iss: 'shop', x: {} })}`,
  ],
  ['no type in the header', `Bearer ${signToken({ sub: 'ann' }, { header: { alg: 'HS256' } })}`],
])('%s makes a buyer', async (_what, authorization) => {
  const { itemId: own } = await api.createItem()
  const answer = await api.app.inject({
    method: 'POST',
    url: '/v1/orders',
    headers: { authorization, 'content-type': 'application/json' },
    payload: JSON.stringify({ itemId: own, quantity: 1 }),
  })
  expectSuccess(answer, 202, OrderAccepted)
})

test('a token is good until it expires and no longer, though it was good a moment ago', async () => {
  const { itemId: own } = await api.createItem({ total: 10_000, purchaseLimit: 1_000 })
  const expS = Math.floor(Date.now() / 1_000) + 3_600
  const order = () =>
    api.app.inject({
      method: 'POST',
      url: '/v1/orders',
      headers: { authorization: `Bearer ${signToken({ sub: 'ann', exp: expS })}`, 'content-type': 'application/json' },
      payload: JSON.stringify({ itemId: own, quantity: 1 }),
    })
  expectSuccess(await order(), 202, OrderAccepted)
  const clock = vi.spyOn(Date, 'now').mockReturnValue(expS * 1_000 - 1)
  onTestFinished(() => clock.mockRestore())
  expectSuccess(await order(), 202, OrderAccepted)
  clock.mockReturnValue(expS * 1_000 + 1)
  expectProblem(await order(), 'UNAUTHORIZED')
})

test('a token that was refused too early is taken when its time comes', async () => {
  const nbfS = Math.floor(Date.now() / 1_000) + 3_600
  const authorization = `Bearer ${signToken({ sub: 'ann-early', nbf: nbfS })}`
  expectProblem(await orderAs(authorization), 'UNAUTHORIZED')
  const clock = vi.spyOn(Date, 'now').mockReturnValue(nbfS * 1_000)
  onTestFinished(() => clock.mockRestore())
  expectSuccess(await orderAs(authorization), 202, OrderAccepted)
})

test('two tokens that share a beginning or an end are two buyers', async () => {
  const { itemId: own } = await api.createItem({ purchaseLimit: 1 })
  const buyers = ['ann', 'ann ', 'Ann', 'ann\u0301', 'aann']
  for (const buyer of buyers) expectSuccess(await api.order(buyer, { itemId: own, quantity: 1 }), 202, OrderAccepted)
  expectProblem(await api.order('ann', { itemId: own, quantity: 1 }), 'LIMIT_REACHED')
})

const opsCalls = [
  ['POST', '/v1/ops/sales'],
  ['POST', '/v1/ops/sales/999/pause'],
  ['POST', '/v1/ops/sales/999/resume'],
  ['POST', '/v1/ops/sales/999/close'],
  ['POST', '/v1/ops/items/999/restock'],
  ['POST', '/v1/ops/items/999/rebuild'],
  ['GET', '/v1/ops/items/999/audit'],
] as const

test.each(opsCalls)('%s %s is for operators: a buyer is forbidden, nobody is unauthorized', async (method, url) => {
  const ask = (authorization?: string) =>
    api.app.inject({ method, url, headers: authorization === undefined ? {} : { authorization } })
  expectProblem(await ask(), 'UNAUTHORIZED')
  expectProblem(await ask('Bearer not-the-key'), 'UNAUTHORIZED')
  expectProblem(await ask(`Bearer ${testOpsKey} `), 'UNAUTHORIZED')
  expectProblem(await ask(`Bearer ${testOpsKey.toUpperCase()}`), 'UNAUTHORIZED')
  expectProblem(await ask(`Basic ${testOpsKey}`), 'UNAUTHORIZED')
  expectProblem(await ask(`Bearer ${buyerToken('ann')}`), 'FORBIDDEN')
  expect((await ask(`Bearer ${testOpsKey}`)).statusCode).not.toBe(401)
})

test('reading an order needs a buyer or an operator', async () => {
  const { orderId } = expectSuccess(await orderAs(`Bearer ${buyerToken('ann')}`), 202, OrderAccepted)
  expectProblem(await api.get(`/v1/orders/${orderId}`), 'UNAUTHORIZED')
  expectProblem(await api.get(`/v1/orders/${orderId}`, 'not-the-key'), 'UNAUTHORIZED')
})

test('who is not signed in is told so before the body is looked at', async () => {
  const answer = await api.app.inject({
    method: 'POST',
    url: '/v1/orders',
    headers: { 'content-type': 'text/csv' },
    payload: 'x',
  })
  expectProblem(answer, 'UNAUTHORIZED')
})
