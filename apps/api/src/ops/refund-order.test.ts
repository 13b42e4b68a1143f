import { randomUUID } from 'node:crypto'
import { PaymentList, RefundList, RefundView } from '@flash-sale/contract/payments'
import { eventually } from '@flash-sale/testing/eventually'
import { testOpsKey } from '@flash-sale/testing/test-tokens'
import { expect, test } from 'vitest'
import { withPayingApi } from '../payments/paying-api.fixture.ts'
import { expectProblem, expectSuccess } from '../testing/expect-answer.fixture.ts'

const paying = withPayingApi()

async function paidOrder(itemId: number, quantity = 1): Promise<{ orderId: string; paymentId: string }> {
  const orderId = await paying.confirm(itemId, 'ann', quantity)
  const { paymentId } = await paying.begin(orderId, 'ann')
  paying.simulated.pay(paymentId)
  await eventually(async () => (await paying.statusOf(orderId, 'ann')) === 'paid', { what: 'the order to be paid' })
  return { orderId, paymentId }
}

function refund(orderId: string, body: unknown = {}, key?: string) {
  return paying.api.operate(`/v1/ops/orders/${orderId}/refund`, body, key, 'came back')
}

async function list(path: string) {
  return paying.api.get(path, testOpsKey)
}

test('a paid order is cancelled and its money is to go back, once for each key and each order', async () => {
  const { itemId } = await paying.createItem()
  const { orderId, paymentId } = await paidOrder(itemId, 2)
  const answer = expectSuccess(await refund(orderId, {}, 'k'), 200, RefundView)
  expect(answer).toMatchObject({ orderId, paymentId, amount: 25_800, reason: 'OPERATOR', state: 'due', attempts: 0 })
  const again = await refund(orderId, {}, 'k')
  expect(again.headers['idempotent-replayed']).toBe('true')
  expectProblem(await refund(orderId, {}, 'other key'), 'ORDER_NOT_PAID')
  expect(await paying.statusOf(orderId, 'ann')).toBe('cancelled')
  expect(await paying.api.stores.database.refund.count({ where: { paymentId } })).toBe(1)
})

test('the units of a refunded order are sold again only if asked, and then at once, without a worker', async () => {
  const { itemId } = await paying.createItem({}, 10)
  const [kept, returned] = [await paidOrder(itemId), await paidOrder(itemId)]
  expectSuccess(await refund(kept.orderId), 200, RefundView)
  expect(await paying.api.audit(itemId)).toMatchObject({ total: 9, activeUnits: 1, returningUnits: 0 })
  expectSuccess(await refund(returned.orderId, { returnUnits: true }), 200, RefundView)
  expect(await paying.api.audit(itemId)).toMatchObject({
    total: 9,
    activeUnits: 0,
    returningUnits: 0,
    available: 9,
    balanced: true,
  })
})

test('an order that is not paid, or does not exist, is not refunded', async () => {
  const { itemId } = await paying.createItem()
  const orderId = await paying.confirm(itemId, 'ann')
  expectProblem(await refund(orderId), 'ORDER_NOT_PAID')
  expectProblem(await refund(randomUUID()), 'ORDER_NOT_FOUND')
  expectProblem(await refund('7fffffff-9f17-8598-8f4e-76f1f08574bd'), 'ORDER_NOT_FOUND')
  expect(await paying.statusOf(orderId, 'ann')).toBe('confirmed')
})

test('a refund without a reason, or with one that people cannot read, is refused, and nothing is done', async () => {
  const { itemId } = await paying.createItem()
  const { orderId } = await paidOrder(itemId)
  for (const reason of [undefined, '', ' ', '\0', 'x'.repeat(201)]) {
    const answer = await paying.api.operate(`/v1/ops/orders/${orderId}/refund`, {}, undefined, reason)
    expect(expectProblem(answer, 'INVALID_REQUEST').detail).toContain('act-reason')
  }
  expect(await paying.statusOf(orderId, 'ann')).toBe('paid')
  expectSuccess(await refund(orderId), 200, RefundView)
  const event = await paying.api.stores.database.auditEvent.findFirst({ where: { action: 'refund', itemId } })
  expect(event?.detail).toMatchObject({ orderId, reason: 'came back' })
})

test('operators see payments and refunds, newest first and by state', async () => {
  const { itemId } = await paying.createItem()
  const { orderId, paymentId } = await paidOrder(itemId)
  const found = expectSuccess(await list(`/v1/ops/payments?orderId=${orderId}`), 200, PaymentList)
  expect(found.payments).toMatchObject([{ paymentId, orderId, state: 'paid', paidOrderId: orderId, buyer: 'ann' }])
  expect(expectSuccess(await list('/v1/ops/payments?state=late'), 200, PaymentList).payments).toEqual([])
  await refund(orderId)
  const first = expectSuccess(await list('/v1/ops/refunds?state=due&limit=1'), 200, RefundList)
  expect(first.refunds).toMatchObject([{ orderId, state: 'due' }])
  const second = expectSuccess(await list(`/v1/ops/refunds?limit=1&cursor=${first.nextCursor}`), 200, RefundList)
  expect(second.refunds).toHaveLength(1)
  expect(second.refunds[0]!.orderId).not.toBe(orderId)
  expect(expectSuccess(await list('/v1/ops/refunds?state=failing'), 200, RefundList).refunds).toEqual([])
  const refunded = expectSuccess(await list(`/v1/ops/payments?orderId=${orderId}`), 200, PaymentList)
  expect(refunded.payments).toMatchObject([{ paymentId, state: 'refund', refundState: 'due' }])
  expectProblem(await list(`/v1/ops/payments?cursor=${first.nextCursor}`), 'INVALID_REQUEST')
})
