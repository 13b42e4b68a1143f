import { expect, test } from 'vitest'
import { paymentsWords } from '../payments/payments-words.ts'
import { tellMoney } from './tell-money.ts'

const tell = (money: Parameters<typeof tellMoney>[0]) => tellMoney(money, paymentsWords.en.money, '€5.00')

test('money that came too late buys again, has bought another order, or goes back', () => {
  expect(tell({ isLate: true, state: 'late' })).toBe('Paid late. €5.00 buys again.')
  expect(tell({ isLate: true, state: 'paid' })).toBe('Paid late. €5.00 paid another order.')
  expect(tell({ isLate: true, state: 'refund', refundState: 'due' })).toBe('Paid late. €5.00 is to go back.')
  expect(tell({ isLate: true, state: 'refund', refundState: 'done' })).toBe('Paid late. €5.00 went back.')
})

test('money that an operator gives back did not come late', () => {
  expect(tell({ isLate: false, state: 'refund', refundState: 'failing' })).toMatch(/^Giving €5.00 back fails/)
  expect(tell({ isLate: false, state: 'refund', refundState: 'done' })).toBe('€5.00 went back.')
})
