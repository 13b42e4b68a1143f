import { expect, test } from 'vitest'
import { paymentStanding, standingLooks } from './payment-standing.ts'

test('a payment whose money goes back stands as its refund does, and looks done once the provider has the refund', () => {
  const looks = (['due', 'failing', 'done'] as const).map(
    (refundState) => standingLooks[paymentStanding({ state: 'refund', refundState })],
  )
  expect(looks).toEqual(['waiting', 'bad', 'good'])
})

test('every other payment stands by itself', () => {
  expect(paymentStanding({ state: 'paid' })).toBe('paid')
  expect(paymentStanding({ state: 'late' })).toBe('late')
})
