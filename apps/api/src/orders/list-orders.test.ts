import { OrderAccepted } from '@flash-sale/contract/orders'
import { OrderList } from '@flash-sale/contract/order-list'
import { buyerToken, testOpsKey } from '@flash-sale/testing/test-tokens'
import { expect, test } from 'vitest'
import { expectProblem, expectSuccess } from '../testing/expect-answer.fixture.ts'
import { persistWaiting } from '../testing/persist-waiting.fixture.ts'
import { withApi } from '../testing/start-test-api.fixture.ts'

const api = withApi()

/** Places this many orders of one unit, persisted one after the other; their ids, the newest first. */
async function buy(buyer: string, orderCount: number): Promise<string[]> {
  const { itemId } = await api.createItem({ total: 100, purchaseLimit: 100 })
  const ids: string[] = []
  for (let i = 0; i < orderCount; i += 1) {
    ids.unshift(expectSuccess(await api.order(buyer, { itemId, quantity: 1 }), 202, OrderAccepted).orderId)
    await persistWaiting(api.stores, itemId)
  }
  return ids
}

const list = (buyer: string, query = '') => api.get(`/v1/orders${query}`, buyerToken(buyer))
const listed = async (buyer: string, query = '') => expectSuccess(await list(buyer, query), 200, OrderList)

test('a buyer sees their own orders of every item, newest first, as reading each one shows it', async () => {
  const earlier = await buy('ann', 2)
  await buy('bob', 1)
  const later = await buy('ann', 1)
  const { orders, nextCursor } = await listed('ann')
  expect(orders.map(({ orderId }) => orderId)).toEqual([...later, ...earlier])
  expect(nextCursor).toBeUndefined()
  for (const order of orders) expect((await api.readOrder('ann', order.orderId)).json()).toEqual(order)
})

test('who has none gets an empty list', async () => {
  expect(await listed('nobody yet')).toEqual({ orders: [] })
})

test('pages follow one another without a gap, and orders that come meanwhile do not shift them', async () => {
  const ids = await buy('cleo', 5)
  const first = await listed('cleo', '?limit=2')
  const newer = await buy('cleo', 1)
  const second = await listed('cleo', `?limit=2&cursor=${first.nextCursor}`)
  const third = await listed('cleo', `?limit=2&cursor=${second.nextCursor}`)
  const shown = [first, second, third].flatMap(({ orders }) => orders.map(({ orderId }) => orderId))
  expect(shown).toEqual(ids)
  expect(third).not.toHaveProperty('nextCursor')
  expect((await listed('cleo', '?limit=1')).orders[0]!.orderId).toBe(newer[0])
})

test("another buyer's cursor shows nothing of that buyer", async () => {
  await buy('dora', 3)
  const { nextCursor } = await listed('dora', '?limit=1')
  expect(await listed('eve', `?cursor=${nextCursor}`)).toEqual({ orders: [] })
})

test.each([
  '?limit=0',
  '?limit=101',
  '?limit=-1',
  '?limit=1.5',
  '?limit=',
  '?limit=1&limit=2',
  '?cursor=',
  '?cursor=bm9uZSBvZiBvdXJz',
  '?cursor=%00',
  `?cursor=${'A'.repeat(65)}`,
  '?page=2',
])('%s is refused', async (query) => {
  expectProblem(await list('ann', query), 'INVALID_REQUEST')
})

test('who is not signed in, and an operator, who has no orders, are told so', async () => {
  expectProblem(await api.get('/v1/orders'), 'UNAUTHORIZED')
  expectProblem(await api.get('/v1/orders', testOpsKey), 'UNAUTHORIZED')
})
