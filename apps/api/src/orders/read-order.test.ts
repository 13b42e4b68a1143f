import { randomUUID } from 'node:crypto'
import { comesAfter, orderStatuses, type OrderStatus } from '@flash-sale/contract/order-statuses'
import { OrderAccepted, OrderView } from '@flash-sale/contract/orders'
import type { Database } from '@flash-sale/database/connect'
import { persistOrders } from '@flash-sale/database/persist-orders'
import { deriveOrderId } from '@flash-sale/stock/order-id'
import { withTestStores } from '@flash-sale/testing/start-test-stores'
import { testOpsKey } from '@flash-sale/testing/test-tokens'
import { expect, test } from 'vitest'
import { expectProblem, expectSuccess } from '../testing/expect-answer.fixture.ts'
import { persistWaiting } from '../testing/persist-waiting.fixture.ts'
import { withApi, type TestApi } from '../testing/start-test-api.fixture.ts'
import { lookUpOrder, partsOfOrderId } from './look-up-order.ts'

const stores = withTestStores()
const api = withApi({ stores })
/** Another instance, which has never heard of the items that the first one sells. */
const other = withApi({ stores })

async function place(buyer: string, itemId: number, quantity = 1): Promise<string> {
  return expectSuccess(await api.order(buyer, { itemId, quantity }), 202, OrderAccepted).orderId
}

async function read(from: TestApi, buyer: string, orderId: string): Promise<OrderView> {
  return expectSuccess(await from.readOrder(buyer, orderId), 200, OrderView)
}

test('a new order can be read at once from another instance, as accepted, without a number', async () => {
  const { itemId } = await api.createItem()
  const beforeMs = Date.now()
  const orderId = await place('ann', itemId, 2)
  const order = await read(other, 'ann', orderId)
  const { acceptedAt } = order
  expect(order).toEqual({ orderId, itemId, quantity: 2, status: 'accepted', acceptedAt })
  expect(acceptedAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
  expect(Math.abs(Date.parse(acceptedAt) - beforeMs)).toBeLessThan(20_000)
  expect(await read(api, 'ann', orderId)).toEqual(order)
})

test('after the commit it is confirmed, with its number and time, and is accepted when it was', async () => {
  const { itemId } = await api.createItem()
  const orderId = await place('ann', itemId, 2)
  const accepted = await read(api, 'ann', orderId)
  await persistWaiting(api.stores, itemId)
  const confirmed = await read(other, 'ann', orderId)
  const { number, confirmedAt } = confirmed
  expect(confirmed).toEqual({ ...accepted, status: 'confirmed', number, confirmedAt })
  expect(number).toBeGreaterThan(0)
  expect(confirmedAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
})

test('it is confirmed from the commit on, also before its outbox entry is acknowledged', async () => {
  const { itemId } = await api.createItem()
  const orderId = await place('ann', itemId)
  await persistWaiting(api.stores, itemId, { acknowledged: false })
  expect((await read(other, 'ann', orderId)).status).toBe('confirmed')
})

test('orders have numbers in the order of their acceptance', async () => {
  const { itemId } = await api.createItem()
  const orderIds = [await place('ann', itemId), await place('bob', itemId), await place('cid', itemId)]
  await persistWaiting(api.stores, itemId)
  const views = await Promise.all(orderIds.map((orderId, i) => read(api, ['ann', 'bob', 'cid'][i]!, orderId)))
  const numbers = views.map((order) => order.number!)
  expect(new Set(numbers).size).toBe(3)
  expect(numbers).toEqual(numbers.toSorted((a, b) => a - b))
})

/** Whether an answer shows an older status than an answer before. */
function goesBack(seen: readonly OrderStatus[]): boolean {
  return seen.some((status, i) => seen.slice(0, i).some((earlier) => comesAfter(earlier, status)))
}

test('whoever asks which instance, its status never goes back', async () => {
  const { itemId } = await api.createItem()
  const orderId = await place('ann', itemId)
  const seen: OrderStatus[] = []
  const watch = async () => {
    while (seen.at(-1) !== 'confirmed' || seen.length < 200) {
      for (const from of [api, other]) seen.push((await read(from, 'ann', orderId)).status)
    }
  }
  const persistInTheMiddle = async () => {
    while (seen.length < 50) await read(other, 'ann', orderId)
    await persistWaiting(other.stores, itemId)
  }
  await Promise.all([watch(), persistInTheMiddle()])
  expect(goesBack(seen)).toBe(false)
  const firstConfirmed = seen.indexOf('confirmed')
  expect(seen.slice(0, firstConfirmed).every((status) => status === 'accepted')).toBe(true)
  expect(seen.slice(firstConfirmed).every((status) => status === 'confirmed')).toBe(true)
})

test('mutant: without the look into Postgres before the ledger an order goes back, and the order of statuses convicts it', async () => {
  const { itemId } = await api.createItem()
  const orderId = await place('ann', itemId)
  await persistWaiting(api.stores, itemId, { acknowledged: false })
  const seen = [(await read(other, 'ann', orderId)).status]
  const database = { order: { findUnique: async () => null } } as unknown as Database
  const mutant = { ...api.context, stores: { ...api.stores, database } }
  const found = await lookUpOrder(mutant, partsOfOrderId(orderId)!)
  if (typeof found === 'object') seen.push(found.view.status)
  expect(seen).toHaveLength(2)
  expect(goesBack(seen)).toBe(true)
})

test.each(orderStatuses.filter((status) => status !== 'accepted'))(
  'an order that Postgres has as %s is shown as that',
  async (status) => {
    const { itemId } = await api.createItem()
    const orderId = await place('ann', itemId)
    await persistWaiting(api.stores, itemId)
    await api.stores.database.order.update({ where: { id: orderId }, data: { status } })
    expect((await read(other, 'ann', orderId)).status).toBe(status)
  },
)

test('a rejected order says why, and has no time of confirmation', async () => {
  const { itemId } = await api.createItem()
  const { uuid } = deriveOrderId(itemId, 'ann', 'k')
  const { epoch } = await api.stores.database.saleItem.findUniqueOrThrow({ where: { id: itemId } })
  const order = { orderId: uuid, buyer: 'ann', quantity: 1, acceptedAtMs: Date.now(), refused: 'SOLD_OUT' } as const
  await persistOrders(api.stores.database, itemId, { epoch }, [order])
  const view = await read(api, 'ann', uuid)
  expect(view).toMatchObject({ status: 'rejected', reason: 'SOLD_OUT' })
  expect(view).not.toHaveProperty('confirmedAt')
})

test("another buyer's order is not found, persisted or not, and an operator finds every order", async () => {
  const { itemId } = await api.createItem()
  const orderId = await place('ann', itemId)
  for (const persist of [false, true]) {
    if (persist) await persistWaiting(api.stores, itemId)
    const asBob = expectProblem(await api.readOrder('bob', orderId), 'ORDER_NOT_FOUND')
    const unknown = expectProblem(
      await api.readOrder('bob', deriveOrderId(itemId, 'bob', 'none').uuid),
      'ORDER_NOT_FOUND',
    )
    expect(asBob).toEqual(unknown)
    expect(expectSuccess(await api.get(`/v1/orders/${orderId}`, testOpsKey), 200, OrderView).orderId).toBe(orderId)
  }
})

test('an order that nobody placed, of an item that does not exist, or with an id of other origin is not found', async () => {
  const { itemId } = await api.createItem()
  for (const orderId of [
    deriveOrderId(itemId, 'ann', 'never sent').uuid,
    deriveOrderId(2 ** 31 - 1, 'ann', 'k').uuid,
    deriveOrderId(2 ** 32 - 1, 'ann', 'k').uuid,
    deriveOrderId(0, 'ann', 'k').uuid,
    randomUUID(),
    '00000000-0000-0000-0000-000000000000',
    'ffffffff-ffff-ffff-ffff-ffffffffffff',
  ]) {
    expectProblem(await api.readOrder('ann', orderId), 'ORDER_NOT_FOUND')
    expectProblem(await api.get(`/v1/orders/${orderId}`, testOpsKey), 'ORDER_NOT_FOUND')
  }
})

test('what is no UUID is refused: one order has one spelling', async () => {
  const { itemId } = await api.createItem()
  const orderId = await place('ann', itemId)
  for (const spelling of [
    orderId.toUpperCase(),
    orderId.replaceAll('-', ''),
    `{${orderId}}`,
    `urn:uuid:${orderId}`,
    `${orderId}0`,
    'x',
  ]) {
    expectProblem(await api.readOrder('ann', encodeURIComponent(spelling)), 'INVALID_REQUEST')
  }
})

test('a refused order is not an order', async () => {
  const { itemId } = await api.createItem({ purchaseLimit: 1 })
  expectProblem(await api.order('ann', { itemId, quantity: 2 }, 'k'), 'LIMIT_REACHED')
  expectProblem(await api.readOrder('ann', deriveOrderId(itemId, 'ann', 'k').uuid), 'ORDER_NOT_FOUND')
})
