import { FoundOrders } from '@flash-sale/contract/order-list'
import { OrderAccepted } from '@flash-sale/contract/orders'
import { ledgerKeys } from '@flash-sale/stock/ledger-keys'
import { buyerToken, testOpsKey } from '@flash-sale/testing/test-tokens'
import { expect, test } from 'vitest'
import { expectProblem, expectSuccess } from '../testing/expect-answer.fixture.ts'
import { persistWaiting } from '../testing/persist-waiting.fixture.ts'
import { withApi } from '../testing/start-test-api.fixture.ts'

const api = withApi()

async function place(buyer: string, itemId: number): Promise<string> {
  return expectSuccess(await api.order(buyer, { itemId, quantity: 1 }), 202, OrderAccepted).orderId
}

const ask = (query: Record<string, string>, key = testOpsKey) =>
  api.get(`/v1/ops/orders?${new URLSearchParams(query).toString()}`, key)
const find = async (query: Record<string, string>) => expectSuccess(await ask(query), 200, FoundOrders)
const findIds = async (query: Record<string, string>) => (await find(query)).orders.map(({ orderId }) => orderId)

test("orders are found by buyer, by item and by both, newest first, with their buyers' names", async () => {
  const [first, second] = [await api.createItem(), await api.createItem()]
  const made: string[] = []
  for (const [buyer, { itemId }] of [
    ['李雷', first],
    ['han', first],
    ['李雷', second],
  ] as const) {
    made.push(await place(buyer, itemId))
    await persistWaiting(api.stores, itemId)
  }
  expect(await findIds({ buyer: '李雷' })).toEqual([made[2], made[0]])
  expect(await findIds({ itemId: String(first.itemId) })).toEqual([made[1], made[0]])
  expect(await findIds({ buyer: '李雷', itemId: String(first.itemId) })).toEqual([made[0]])
  expect(await findIds({ buyer: 'nobody' })).toEqual([])
  const { orders, nextCursor } = await find({ limit: '2' })
  expect(orders.map(({ orderId, buyer }) => [orderId, buyer])).toEqual([
    [made[2], '李雷'],
    [made[1], 'han'],
  ])
  expect((await findIds({ cursor: nextCursor! }))[0]).toBe(made[0])
})

test('an order is found by its id as soon as it is accepted, unless another condition does not hold', async () => {
  const { itemId } = await api.createItem()
  const orderId = await place('ann', itemId)
  const accepted = { orderId, buyer: 'ann', status: 'accepted', itemId }
  expect(await find({ orderId })).toMatchObject({ orders: [accepted] })
  expect(await find({ orderId, buyer: 'ann', itemId: String(itemId) })).toMatchObject({ orders: [accepted] })
  for (const other of [{ buyer: 'bob' }, { itemId: String(itemId + 1) }]) {
    expect(await find({ orderId, ...other } as Record<string, string>)).toEqual({ orders: [] })
  }
  await persistWaiting(api.stores, itemId)
  expect(await find({ orderId })).toMatchObject({ orders: [{ ...accepted, status: 'confirmed' }] })
})

test("an id that is nobody's is not found, and while the ledger is away nothing is said of it", async () => {
  const { itemId } = await api.createItem()
  const orderId = await place('ann', itemId)
  expect(await find({ orderId: 'ffffffff-0000-8000-8000-000000000000' })).toEqual({ orders: [] })
  await api.stores.redis.del(ledgerKeys(itemId).ledger)
  expect(expectProblem(await ask({ orderId }), 'UNAVAILABLE')).toMatchObject({ orderId })
})

test.each<Record<string, string>>([
  { buyer: '' },
  { buyer: 'a\u0000b' },
  { buyer: 'x'.repeat(129) },
  { orderId: '7' },
  { itemId: '0' },
  { itemId: '2147483648' },
  { itemId: '1e3' },
  { limit: '1000' },
  { cursor: 'nonsense' },
  { status: 'paid' },
])('%j is refused', async (query) => {
  expectProblem(await ask(query), 'INVALID_REQUEST')
})

test('only operators find the orders of others', async () => {
  expectProblem(await api.get('/v1/ops/orders'), 'UNAUTHORIZED')
  expectProblem(await ask({}, buyerToken('ann')), 'FORBIDDEN')
})
