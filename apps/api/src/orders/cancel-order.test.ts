import { OrderAccepted, OrderView } from '@flash-sale/contract/orders'
import { SaleView } from '@flash-sale/contract/sales'
import { ledgerKeys } from '@flash-sale/stock/ledger-keys'
import { deriveOrderId } from '@flash-sale/stock/order-id'
import { withTestStores } from '@flash-sale/testing/start-test-stores'
import { buyerToken, testOpsKey } from '@flash-sale/testing/test-tokens'
import { describe, expect, onTestFinished, test } from 'vitest'
import { expectProblem, expectSuccess } from '../testing/expect-answer.fixture.ts'
import { openStream } from '../testing/open-stream.fixture.ts'
import { persistWaiting } from '../testing/persist-waiting.fixture.ts'
import { listenOnFreePort } from '../testing/raw-http.fixture.ts'
import { saleOf, withApi } from '../testing/start-test-api.fixture.ts'

const stores = withTestStores()
const api = withApi({ stores })
const other = withApi({ stores })

/** It waits for no order. */
const stopping = withApi({ stores, stopping: AbortSignal.abort() })

const payable = { payWithinSeconds: 600, currency: 'EUR' }

function cancel(bearer: string, orderId: string, payload?: string, { app } = api) {
  const headers = {
    authorization: `Bearer ${bearer}`,
    ...(payload !== undefined && { 'content-type': 'application/json' }),
  }
  return app.inject({ method: 'POST', url: `/v1/orders/${orderId}/cancel`, headers, ...(payload && { payload }) })
}

async function place(buyer: string, itemId: number, quantity = 1): Promise<string> {
  return expectSuccess(await api.order(buyer, { itemId, quantity }), 202, OrderAccepted).orderId
}

async function stored(buyer: string, itemId: number, quantity = 1): Promise<string> {
  const orderId = await place(buyer, itemId, quantity)
  await persistWaiting(api.stores, itemId)
  return orderId
}

async function setStatus(id: string, status: 'paid' | 'expired' | 'rejected'): Promise<void> {
  await api.stores.database.order.update({ where: { id }, data: { status } })
}

test('a buyer cancels an order: its units are on sale at once, and the buyer may buy as many again', async () => {
  const { itemId } = await api.createItem({ total: 2, purchaseLimit: 2 }, payable)
  const orderId = await stored('ann', itemId, 2)
  expectProblem(await other.order('bob', { itemId, quantity: 1 }), 'SOLD_OUT')
  const view = expectSuccess(await cancel(buyerToken('ann'), orderId), 200, OrderView)
  expect(view).toMatchObject({ orderId, status: 'cancelled', quantity: 2, payBy: expect.any(String) })
  expect(expectSuccess(await other.readOrder('ann', orderId), 200, OrderView)).toEqual(view)
  expect(await api.audit(itemId)).toMatchObject({ available: 2, activeUnits: 0, returningUnits: 0, balanced: true })
  await place('ann', itemId, 2)
})

test('to cancel again changes nothing and gets the same answer, many times at once too', async () => {
  const { itemId } = await api.createItem()
  const orderId = await stored('ann', itemId, 2)
  const answers = await Promise.all(Array.from({ length: 20 }, () => cancel(buyerToken('ann'), orderId)))
  const views = answers.map((answer) => expectSuccess(answer, 200, OrderView))
  expect(new Set(views.map((view) => JSON.stringify(view))).size).toBe(1)
  expectSuccess(await cancel(testOpsKey, orderId), 200, OrderView)
  expect(await api.audit(itemId)).toMatchObject({ available: 10, balanced: true })
  const events = await api.stores.database.orderEvent.findMany({ where: { orderId } })
  expect(events).toMatchObject([{ itemId, status: 'cancelled', detail: { by: 'buyer' } }])
})

test('an operator cancels any order that is not paid', async () => {
  const { itemId } = await api.createItem()
  const orderId = await stored('ann', itemId)
  expect(expectSuccess(await cancel(testOpsKey, orderId), 200, OrderView)).toMatchObject({ status: 'cancelled' })
  const events = await api.stores.database.orderEvent.findMany({ where: { orderId } })
  expect(events).toMatchObject([{ detail: { by: 'operator' } }])
  const trail = await api.stores.database.auditEvent.findMany({ where: { itemId, action: 'cancel' } })
  expect(trail).toMatchObject([{ actor: 'ops', detail: { orderId } }])
})

test('who of the operators cancelled and why is in the trail; a reason that people cannot read is refused', async () => {
  const { itemId } = await api.createItem()
  const orderId = await stored('ann', itemId)
  const ask = (reason: string) => {
    const said = { 'operator-name': 'eve', 'act-reason': reason }
    const headers = { authorization: `Bearer ${testOpsKey}`, ...said }
    return api.app.inject({ method: 'POST', url: `/v1/orders/${orderId}/cancel`, headers })
  }
  expect(expectProblem(await ask('%00'), 'INVALID_REQUEST').detail).toContain('act-reason')
  expectSuccess(await ask('a%20robot'), 200, OrderView)
  const trail = await api.stores.database.auditEvent.findMany({ where: { itemId, action: 'cancel' } })
  expect(trail).toMatchObject([{ detail: { orderId, operator: 'eve', reason: 'a robot' } }])
})

describe('an order that is not in Postgres yet', () => {
  test('is cancelled once a worker has stored it, which the call waits for', async () => {
    const { itemId } = await api.createItem()
    const orderId = await place('ann', itemId)
    const cancelling = cancel(buyerToken('ann'), orderId)
    await persistWaiting(api.stores, itemId)
    expect(expectSuccess(await cancelling, 200, OrderView)).toMatchObject({ status: 'cancelled' })
    expect(await api.audit(itemId)).toMatchObject({ available: 10, balanced: true })
  })

  test('stays as it is while no worker stores it, and the answer says so', async () => {
    const { itemId } = await api.createItem()
    const orderId = await place('ann', itemId)
    const answer = await cancel(buyerToken('ann'), orderId, undefined, stopping)
    expect(expectProblem(answer, 'ORDER_NOT_STORED_YET')).toMatchObject({ orderId })
    await persistWaiting(api.stores, itemId)
    expect(expectSuccess(await api.readOrder('ann', orderId), 200, OrderView)).toMatchObject({ status: 'confirmed' })
  })
})

describe('an order that cannot be cancelled', () => {
  test("is not found if it is another buyer's, or none", async () => {
    const { itemId } = await api.createItem()
    const orderId = await stored('ann', itemId)
    expectProblem(await cancel(buyerToken('bob'), orderId), 'ORDER_NOT_FOUND')
    expectProblem(await cancel(buyerToken('ann'), deriveOrderId(itemId, 'ann', 'never').uuid), 'ORDER_NOT_FOUND')
    expectProblem(await cancel('no token', orderId), 'UNAUTHORIZED')
    expectProblem(await cancel(buyerToken('ann'), orderId, '{"why":"?"}'), 'INVALID_REQUEST')
    expect(expectSuccess(await api.readOrder('ann', orderId), 200, OrderView)).toMatchObject({ status: 'confirmed' })
  })

  test('is told apart: paid, or ended otherwise', async () => {
    const { itemId } = await api.createItem()
    const orderId = await stored('ann', itemId)
    for (const [status, code] of [
      ['paid', 'ORDER_PAID'],
      ['expired', 'ORDER_ENDED'],
      ['rejected', 'ORDER_ENDED'],
    ] as const) {
      await setStatus(orderId, status)
      expect(expectProblem(await cancel(buyerToken('ann'), orderId), code)).toMatchObject({ orderId })
      expectProblem(await cancel(testOpsKey, orderId), code)
    }
  })
})

test('while the item is held, the order is cancelled all the same, and its units are returning', async () => {
  const { itemId } = await api.createItem()
  const orderId = await stored('ann', itemId)
  const { lock } = ledgerKeys(itemId)
  await api.stores.redis.set(lock, 'another', 'PX', 60_000)
  expect(expectSuccess(await cancel(buyerToken('ann'), orderId), 200, OrderView)).toMatchObject({ status: 'cancelled' })
  expect(await api.audit(itemId)).toMatchObject({ available: 9, returningUnits: 1, balanced: true })
  await api.stores.redis.del(lock)
})

test('the event stream of an order that has to be paid goes on to its last status', async () => {
  const url = `http://127.0.0.1:${await listenOnFreePort(api.app)}`
  const { itemId } = await api.createItem({}, payable)
  const orderId = await stored('ann', itemId)
  const stream = await openStream(`${url}/v1/orders/${orderId}/events`, { bearer: buyerToken('ann') })
  onTestFinished(stream.leave)
  await stream.heard(({ data }) => (data as OrderView).status === 'confirmed')
  expectSuccess(await cancel(buyerToken('ann'), orderId), 200, OrderView)
  expect(await stream.ended).toBe(true)
  expect(stream.events.map(({ data }) => (data as OrderView).status)).toEqual(['confirmed', 'cancelled'])
})

describe('a sale that asks for payment', () => {
  test('shows its time to pay and its currency, and its orders show until when', async () => {
    const { saleId, items } = await api.createSale({ ...saleOf({}), ...payable })
    const sale = expectSuccess(await api.get(`/v1/sales/${saleId}`), 200, SaleView)
    expect(sale).toMatchObject(payable)
    const orderId = await stored('ann', items[0]!.itemId)
    const { payBy, confirmedAt } = expectSuccess(await api.readOrder('ann', orderId), 200, OrderView)
    expect(Math.round((Date.parse(payBy!) - Date.parse(confirmedAt!)) / 1_000)).toBe(600)
  })

  test('needs a currency', async () => {
    const answer = await api.operate('/v1/ops/sales', { ...saleOf({}), payWithinSeconds: 600 })
    expect(expectProblem(answer, 'INVALID_REQUEST').detail).toContain('currency')
    expectProblem(
      await api.operate('/v1/ops/sales', { ...saleOf({}), ...payable, currency: 'euro' }),
      'INVALID_REQUEST',
    )
  })
})

test('an order of a sale that asks for no payment shows no time to pay', async () => {
  const { itemId } = await api.createItem()
  const orderId = await stored('ann', itemId)
  expect(expectSuccess(await api.readOrder('ann', orderId), 200, OrderView)).not.toHaveProperty('payBy')
})
