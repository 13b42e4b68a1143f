import { expect, test } from 'vitest'
import { findFeedViolations, paidOrdersTold, type OrderLife, type ToldChange } from './judge-feed.ts'
import { findPaymentViolations } from './judge-payments.ts'

const told = (orderId: string, status: ToldChange['status'], paymentId?: string): ToldChange => ({
  orderId,
  status,
  ...(paymentId !== undefined && { detail: { paymentId } }),
})
const lives: OrderLife[] = [
  { orderId: 'a', statuses: ['confirmed', 'paid'] },
  { orderId: 'b', statuses: ['confirmed', 'expired'] },
  { orderId: 'c', statuses: ['rejected'] },
  { orderId: 'd', statuses: ['confirmed', 'paid', 'cancelled'] },
]
const honest: ToldChange[] = [
  told('a', 'confirmed'),
  told('d', 'confirmed'),
  told('b', 'confirmed'),
  told('d', 'paid', 'pay-d'),
  told('a', 'paid', 'pay-a'),
  told('c', 'rejected'),
  told('b', 'expired'),
  told('d', 'cancelled'),
]

const faultsOf = (changes: readonly ToldChange[]) => findFeedViolations(changes, lives).map(({ fault }) => fault)

test('a feed that tells each change once, each order in order, is not accused', () => {
  expect(faultsOf(honest)).toEqual([])
})

test.each(honest.map((_, i) => i))('a feed that passes over its change %i is convicted', (i) => {
  expect(faultsOf(honest.toSpliced(i, 1))).toEqual(['NOT_TOLD'])
})

test.each(honest.map((_, i) => i))('a feed that tells its change %i again at the end is convicted', (i) => {
  expect(faultsOf([...honest, honest[i]!])).toEqual(['TOLD_TWICE'])
})

test.each([
  ['paid before confirmed', 0, 4],
  ['cancelled before paid', 3, 7],
])('a feed that tells %s is convicted', (_, one, other) => {
  expect(faultsOf(honest.with(one, honest[other]!).with(other, honest[one]!))).toEqual(['TOLD_TOO_EARLY'])
})

test('a feed that tells what never was is convicted', () => {
  expect(faultsOf([...honest, told('a', 'cancelled')])).toEqual(['TOLD_WRONGLY'])
  expect(faultsOf([...honest, told('e', 'confirmed')])).toEqual(['TOLD_WRONGLY'])
  expect(faultsOf(honest.with(6, told('b', 'cancelled')))).toEqual(['TOLD_WRONGLY', 'NOT_TOLD'])
})

test('money is judged by what the feed tells: one paid order or one refund for each payment', () => {
  const payments = ['pay-a', 'pay-d'].map((paymentId) => ({ paymentId, state: 'succeeded', amount: 100 }))
  const refunds = [{ paymentId: 'pay-d', amount: 100 }]
  const judge = (changes: readonly ToldChange[], given = refunds) =>
    findPaymentViolations({ payments, refunds: given }, paidOrdersTold(changes)).map(({ fault }) => fault)
  expect(judge(honest)).toEqual([])
  expect(judge(honest, [])).toEqual(['MONEY_WITHOUT_GOODS'])
  expect(judge(honest.slice(0, -1))).toEqual(['MONEY_COUNTED_TWICE'])
  expect(judge([...honest, told('b', 'paid', 'pay-a')])).toEqual(['MONEY_COUNTED_TWICE'])
  expect(judge(honest.with(4, told('a', 'paid', 'pay-x')))).toEqual(['MONEY_WITHOUT_GOODS', 'GOODS_WITHOUT_MONEY'])
})
