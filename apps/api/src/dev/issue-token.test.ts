import { OrderAccepted } from '@flash-sale/contract/orders'
import { DevToken } from '@flash-sale/contract/tokens'
import { withTestStores } from '@flash-sale/testing/start-test-stores'
import { expect, test } from 'vitest'
import { expectProblem, expectSuccess } from '../testing/expect-answer.fixture.ts'
import { startTestApi, withApi } from '../testing/start-test-api.fixture.ts'

const stores = withTestStores()
const api = withApi({ stores, devTokens: true })

function ask(body: unknown, from = api) {
  return from.app.inject({
    method: 'POST',
    url: '/v1/dev/tokens',
    headers: { 'content-type': 'application/json' },
    payload: JSON.stringify(body),
  })
}

function orderWith(token: string, itemId: number, from = api) {
  return from.app.inject({
    method: 'POST',
    url: '/v1/orders',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    payload: JSON.stringify({ itemId, quantity: 1 }),
  })
}

test.each(['ann', "Zoë O'Neil", '订单 😀', 'x'.repeat(128)])(
  'a token for %s is a token of that buyer, for a day',
  async (buyer) => {
    const { itemId } = await api.createItem()
    const { token } = expectSuccess(await ask({ buyer }), 200, DevToken)
    const claims = JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString()) as { iat: number; exp: number }
    expect(claims).toEqual({ sub: buyer, iat: claims.iat, exp: claims.iat + 24 * 60 * 60 })
    const { orderId } = expectSuccess(await orderWith(token, itemId), 202, OrderAccepted)
    expect((await api.readOrder(buyer, orderId)).statusCode).toBe(200)
  },
)

test.each(
  [
    undefined,
    null,
    {},
    { buyer: '' },
    { buyer: 7 },
    { buyer: null },
    { buyer: ['ann'] },
    { buyer: 'a\0' },
    { buyer: 'a\nb' },
    { buyer: 'a\ud800' },
    { buyer: 'x'.repeat(129) },
    { buyer: 'ann', role: 'ops' },
    { user: 'ann' },
  ].map((body) => [body]),
)('%j names no buyer', async (body) => {
  expectProblem(await ask(body), 'INVALID_REQUEST')
})

test('without DEV_TOKENS nobody is given a token', async () => {
  const production = await startTestApi(stores)
  expectProblem(await ask({ buyer: 'ann' }, production), 'ROUTE_NOT_FOUND')
  await production.close()
})
