import { expect, test } from 'vitest'
import { findPaymentViolations, type PaidOrder, type ProviderBooks } from './judge-payments.ts'

const taken = (paymentId: string) => ({ paymentId, state: 'succeeded', amount: 100 })
const back = (paymentId: string, amount = 100) => ({ paymentId, amount })
const paid = (orderId: string, ...paymentIds: string[]): PaidOrder => ({ orderId, paymentIds })

function faults(payments: ProviderBooks['payments'], refunds: ProviderBooks['refunds'], orders: PaidOrder[]): string[] {
  return findPaymentViolations({ payments, refunds }, orders).map(({ fault }) => fault)
}

test('money that paid one order, went back once, or never came is right', () => {
  const open = { paymentId: 'c', state: 'open', amount: 100 }
  expect(faults([taken('a'), taken('b'), open], [back('b')], [paid('1', 'a')])).toEqual([])
})

test('money for which there is nothing is convicted', () => {
  expect(faults([taken('a')], [], [])).toEqual(['MONEY_WITHOUT_GOODS'])
  expect(faults([taken('a')], [back('a', 99)], [])).toEqual(['MONEY_WITHOUT_GOODS'])
})

test('money that paid two orders, went back twice, or did both is convicted', () => {
  expect(faults([taken('a')], [], [paid('1', 'a'), paid('2', 'a')])).toEqual(['MONEY_COUNTED_TWICE'])
  expect(faults([taken('a')], [back('a'), back('a')], [])).toEqual(['MONEY_COUNTED_TWICE'])
  expect(faults([taken('a')], [back('a')], [paid('1', 'a')])).toEqual(['MONEY_COUNTED_TWICE'])
})

test('a paid order without money of its own is convicted', () => {
  expect(faults([], [], [paid('1')])).toEqual(['GOODS_WITHOUT_MONEY'])
  expect(faults([{ paymentId: 'a', state: 'failed', amount: 100 }], [], [paid('1', 'a')])).toEqual([
    'GOODS_WITHOUT_MONEY',
  ])
  expect(faults([taken('a'), taken('b')], [], [paid('1', 'a', 'b')])).toEqual(['GOODS_WITHOUT_MONEY'])
})
