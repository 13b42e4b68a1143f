import { randomUUID } from 'node:crypto'
import { OrderAccepted } from '@flash-sale/contract/orders'
import { eventually } from '@flash-sale/testing/eventually'
import { buyerToken } from '@flash-sale/testing/test-tokens'
import { expect, test } from 'vitest'
import { expectProblem, expectSuccess } from '../testing/expect-answer.fixture.ts'
import { startTestApi } from '../testing/start-test-api.fixture.ts'
import { withPayingApi } from './paying-api.fixture.ts'

const paying = withPayingApi()

test('a buyer gets the page where the order is paid, and the same one as long as it is open', async () => {
  const { itemId } = await paying.createItem()
  const orderId = await paying.confirm(itemId, 'ann', 2)
  const begun = await paying.begin(orderId, 'ann')
  expect(begun).toMatchObject({ amount: 25_800, currency: 'EUR' })
  expect(begun.url.startsWith(`${paying.simulated.url}/pay/`)).toBe(true)
  expect(Date.parse(begun.payBy)).toBeGreaterThan(Date.now())
  const again = await Promise.all(Array.from({ length: 5 }, () => paying.begin(orderId, 'ann')))
  for (const answer of again) expect(answer).toEqual(begun)
  expect(paying.simulated.books.payments.filter(({ paymentId }) => paymentId === begun.paymentId)).toHaveLength(1)
  expect(await (await fetch(begun.url)).text()).toContain('258.00 EUR')
})

test('an order is paid once the provider has told so, and then there is nothing to pay', async () => {
  const { itemId } = await paying.createItem()
  const orderId = await paying.confirm(itemId, 'ann')
  const { url } = await paying.begin(orderId, 'ann')
  const page = await fetch(`${url}/succeed`, { method: 'POST' })
  expect(await page.text()).toContain('Paid.')
  await eventually(async () => (await paying.statusOf(orderId, 'ann')) === 'paid', { what: 'the order to be paid' })
  expectProblem(await paying.ask(orderId, 'ann'), 'ORDER_PAID')
})

test('a payment that failed can be begun again', async () => {
  const { itemId } = await paying.createItem()
  const orderId = await paying.confirm(itemId, 'ann')
  const { paymentId, url } = await paying.begin(orderId, 'ann')
  await fetch(`${url}/fail`, { method: 'POST' })
  await eventually(async () => (await paying.begin(orderId, 'ann')).paymentId !== paymentId, {
    what: 'another payment',
  })
  expect(await paying.statusOf(orderId, 'ann')).toBe('confirmed')
})

test('an order of another buyer, of nobody, or with a wrong id is not found', async () => {
  const { itemId } = await paying.createItem()
  const orderId = await paying.confirm(itemId, 'ann')
  expectProblem(await paying.ask(orderId, 'bob'), 'ORDER_NOT_FOUND')
  expectProblem(await paying.ask(randomUUID(), 'ann'), 'ORDER_NOT_FOUND')
  expectProblem(await paying.ask('7', 'ann'), 'INVALID_REQUEST')
  const url = `/v1/orders/${orderId}/payments`
  expectProblem(await paying.api.app.inject({ method: 'POST', url }), 'UNAUTHORIZED')
  const headers = { authorization: `Bearer ${buyerToken('ann')}`, 'content-type': 'application/json' }
  expectProblem(
    await paying.api.app.inject({ method: 'POST', url, headers, payload: '{"amount":1}' }),
    'INVALID_REQUEST',
  )
})

test('an order that waits in the outbox can be paid in a moment', async () => {
  const { itemId } = await paying.createItem()
  const { orderId } = expectSuccess(await paying.api.order('ann', { itemId, quantity: 1 }), 202, OrderAccepted)
  expectProblem(await paying.ask(orderId, 'ann'), 'ORDER_NOT_STORED_YET')
})

test('an order of a sale that asks for no payment, and one that has ended, is refused in clear words', async () => {
  const free = await paying.api.createItem()
  expectProblem(await paying.ask(await paying.confirm(free.itemId, 'ann'), 'ann'), 'ORDER_NOT_PAYABLE')
  const { itemId } = await paying.createItem()
  const orderId = await paying.confirm(itemId, 'ann')
  const { database } = paying.api.stores
  await database.order.update({ where: { id: orderId }, data: { dueAt: new Date(0) } })
  expect(expectProblem(await paying.ask(orderId, 'ann'), 'ORDER_ENDED').detail).toContain('time to pay is over')
  await database.order.update({ where: { id: orderId }, data: { status: 'cancelled' } })
  expect(expectProblem(await paying.ask(orderId, 'ann'), 'ORDER_ENDED').detail).toContain('cancelled')
})

test('an order of a closed sale can be paid as long as it is confirmed and not due', async () => {
  const { itemId, saleId } = await paying.createItem()
  const orderId = await paying.confirm(itemId, 'ann')
  await paying.api.operate(`/v1/ops/sales/${saleId}/close`)
  const { paymentId } = await paying.begin(orderId, 'ann')
  paying.simulated.pay(paymentId)
  await eventually(async () => (await paying.statusOf(orderId, 'ann')) === 'paid', { what: 'the order to be paid' })
})

test('a second order does not get in the way of the payment of the first', async () => {
  const { itemId } = await paying.createItem()
  const first = await paying.confirm(itemId, 'ann')
  const { paymentId } = await paying.begin(first, 'ann')
  const second = await paying.confirm(itemId, 'ann')
  const other = await paying.begin(second, 'ann')
  expect(other.paymentId).not.toBe(paymentId)
  paying.simulated.pay(paymentId)
  await eventually(async () => (await paying.statusOf(first, 'ann')) === 'paid', { what: 'the first order to be paid' })
  expect(await paying.statusOf(second, 'ann')).toBe('confirmed')
  expect(await paying.begin(second, 'ann')).toEqual(other)
})

test('a provider that does not answer is UNAVAILABLE, and the next try finds the payment that it opened', async () => {
  const { itemId } = await paying.createItem()
  const orderId = await paying.confirm(itemId, 'ann')
  paying.simulated.loseAnswers(1)
  expect(expectProblem(await paying.ask(orderId, 'ann'), 'UNAVAILABLE').detail).toContain('payment provider')
  const [opened] = paying.simulated.books.payments.slice(-1)
  expect(await paying.begin(orderId, 'ann')).toMatchObject({ paymentId: opened!.paymentId })
})

test('without a payment provider nothing can be paid, and no sale may ask for payment', async () => {
  const { itemId } = await paying.createItem()
  const orderId = await paying.confirm(itemId, 'ann')
  const off = await startTestApi(paying.stores, { payments: 'OFF' })
  try {
    const url = `/v1/orders/${orderId}/payments`
    const headers = { authorization: `Bearer ${buyerToken('ann')}` }
    expectProblem(await off.app.inject({ method: 'POST', url, headers }), 'PAYMENTS_OFF')
    const sale = {
      name: 'Drop',
      opensAt: '2026-01-01T00:00:00Z',
      closesAt: '2999-01-01T00:00:00Z',
      payWithinSeconds: 60,
    }
    const item = { sku: 'A', name: 'A', priceCents: 100, total: 1, purchaseLimit: 1 }
    expectProblem(await off.operate('/v1/ops/sales', { ...sale, currency: 'EUR', items: [item] }), 'PAYMENTS_OFF')
  } finally {
    await off.close()
  }
})

test('an item of a sale that asks for payment needs a price', async () => {
  const items = [{ sku: 'A', name: 'A', priceCents: 0, total: 1, purchaseLimit: 1 }]
  const asked = { name: 'Drop', opensAt: '2026-01-01T00:00:00Z', closesAt: '2999-01-01T00:00:00Z', items }
  const paid = await paying.api.operate('/v1/ops/sales', { ...asked, payWithinSeconds: 60, currency: 'EUR' })
  expect(expectProblem(paid, 'INVALID_REQUEST').detail).toContain('price')
})
