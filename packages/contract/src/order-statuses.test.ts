import { expect, test } from 'vitest'
import { comesAfter, isLastStatus, orderStatusFacts, orderStatuses, type OrderStatus } from './order-statuses.ts'

const unpaid = { asksForPayment: true }
const nextOf = (status: OrderStatus): readonly OrderStatus[] => orderStatusFacts[status].next

test('no order ever goes back to a status that it had', () => {
  for (const one of orderStatuses) {
    expect(comesAfter(one, one), one).toBe(false)
    for (const other of orderStatuses) {
      expect(comesAfter(one, other) && comesAfter(other, one), `${one} and ${other}`).toBe(false)
    }
  }
})

test('an order whose status nothing may follow is at its end, and one that is not has a status to come', () => {
  for (const status of orderStatuses) {
    if (nextOf(status).length === 0) expect(isLastStatus(status, unpaid), status).toBe(true)
    if (!isLastStatus(status, unpaid)) expect(nextOf(status).length, status).toBeGreaterThan(0)
  }
})

test('units that an order returned, or never held, are never held by it again', () => {
  for (const status of orderStatuses) {
    if (orderStatusFacts[status].units === 'held') continue
    for (const next of nextOf(status)) expect(orderStatusFacts[next].units, `${status}, ${next}`).not.toBe('held')
  }
})

test('a confirmed order is at its end as long as its sale asks for no payment', () => {
  expect(isLastStatus('confirmed')).toBe(true)
  expect(isLastStatus('confirmed', unpaid)).toBe(false)
  expect(isLastStatus('accepted')).toBe(false)
  expect(isLastStatus('paid', unpaid)).toBe(true)
})
