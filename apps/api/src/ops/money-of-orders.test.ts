import { FoundOrders } from '@flash-sale/contract/order-list'
import { SearchResult } from '@flash-sale/contract/search'
import { eventually } from '@flash-sale/testing/eventually'
import { buyerToken, testOpsKey } from '@flash-sale/testing/test-tokens'
import { expect, test } from 'vitest'
import { withPayingApi } from '../payments/paying-api.fixture.ts'
import { expectSuccess } from '../testing/expect-answer.fixture.ts'

const paying = withPayingApi()

async function find(orderId: string) {
  const found = await paying.api.get(`/v1/ops/orders?orderId=${orderId}`, testOpsKey)
  return expectSuccess(found, 200, FoundOrders).orders[0]!
}

/** An order that its buyer cancelled while the payment was under way. */
async function cancelledWhilePaying(itemId: number) {
  const orderId = await paying.confirm(itemId, 'ann')
  const { paymentId } = await paying.begin(orderId, 'ann')
  const cancelled = await paying.api.app.inject({
    method: 'POST',
    url: `/v1/orders/${orderId}/cancel`,
    headers: { authorization: `Bearer ${buyerToken('ann')}` },
  })
  expect(cancelled.statusCode).toBe(200)
  return { orderId, paymentId }
}

test('an order that ended before its money came tells what becomes of the money, until it is back', async () => {
  const { itemId } = await paying.createItem()
  const { orderId, paymentId } = await cancelledWhilePaying(itemId)
  expect(await find(orderId)).not.toHaveProperty('money')
  paying.simulated.pay(paymentId)
  const late = { paymentId, amount: 12_900, currency: 'EUR', state: 'late', isLate: true }
  await eventually(async () => expect(await find(orderId)).toMatchObject({ status: 'cancelled', money: [late] }), {
    what: 'the late money',
  })
  const { database } = paying.api.stores
  await database.$executeRaw`SELECT settle_late_payment(${paymentId}::uuid, ${crypto.randomUUID()}::uuid, 'SOLD_OUT')`
  expect((await find(orderId)).money).toMatchObject([{ state: 'refund', isLate: true, refundState: 'due' }])
  await database.refund.updateMany({ where: { paymentId }, data: { state: 'done', doneAt: new Date() } })
  expect((await find(orderId)).money).toMatchObject([{ refundState: 'done' }])
  const searched = await paying.api.get(`/v1/ops/search?text=${orderId}`, testOpsKey)
  expect(expectSuccess(searched, 200, SearchResult).orders[0]!.money).toMatchObject([{ refundState: 'done' }])
})

test('late money that bought another order is told at the ended order, and not at the one that it paid', async () => {
  const { itemId } = await paying.createItem()
  const { orderId, paymentId } = await cancelledWhilePaying(itemId)
  paying.simulated.pay(paymentId)
  await eventually(async () => expect(await find(orderId)).toHaveProperty('money'), { what: 'the late money' })
  const another = await paying.confirm(itemId, 'ann')
  const { database } = paying.api.stores
  await database.$executeRaw`SELECT settle_late_payment(${paymentId}::uuid, ${another}::uuid, NULL)`
  expect((await find(orderId)).money).toMatchObject([{ paymentId, state: 'paid', isLate: true }])
  expect(await find(another)).toMatchObject({ status: 'paid', replaces: orderId })
  expect(await find(another)).not.toHaveProperty('money')
})

test('a paid order says nothing of its money until an operator gives that back, which is not late', async () => {
  const { itemId } = await paying.createItem()
  const orderId = await paying.confirm(itemId, 'ann')
  const { paymentId } = await paying.begin(orderId, 'ann')
  paying.simulated.pay(paymentId)
  await eventually(async () => (await paying.statusOf(orderId, 'ann')) === 'paid', { what: 'the order to be paid' })
  expect(await find(orderId)).not.toHaveProperty('money')
  await paying.api.operate(`/v1/ops/orders/${orderId}/refund`, {}, undefined, 'came back')
  expect(await find(orderId)).toMatchObject({
    status: 'cancelled',
    money: [{ paymentId, isLate: false, refundState: 'due' }],
  })
})
