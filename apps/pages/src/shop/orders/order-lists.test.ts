import type { OrderStatus } from '@flash-sale/contract/order-statuses'
import type { OrderView } from '@flash-sale/contract/orders'
import { expect, test } from 'vitest'
import { heldUnits, isUnpaid, laterReading, mergeOrders } from './order-lists.ts'

function order(orderId: string, second: number, status: OrderStatus = 'accepted', quantity = 1): OrderView {
  const acceptedAt = new Date(Date.UTC(2026, 0, 1, 10, 0, second)).toISOString()
  return { orderId, itemId: 7, quantity, status, acceptedAt }
}

test('an order that was just accepted stands before those that the service lists, and once it is listed only there', () => {
  const listed = [order('b', 2, 'confirmed'), order('a', 1, 'confirmed')]
  expect(mergeOrders([order('c', 3)], listed).map(({ orderId }) => orderId)).toEqual(['c', 'b', 'a'])
  expect(mergeOrders([order('b', 9)], listed)).toEqual(listed)
})

test('a reading that was overtaken does not put an order back', () => {
  const confirmed = order('a', 1, 'confirmed')
  expect(laterReading(confirmed, order('a', 1))).toBe(confirmed)
  expect(laterReading(order('a', 1), confirmed)).toBe(confirmed)
  expect(laterReading(confirmed, order('a', 1, 'cancelled')).status).toBe('cancelled')
  expect(laterReading(undefined, confirmed)).toBe(confirmed)
  expect(laterReading(order('a', 1, 'paid'), confirmed).status).toBe('paid')
})

test('an order has to be paid while it is confirmed, if its sale asks for payment', () => {
  const payBy = '2026-01-01T10:10:00.000Z'
  expect(isUnpaid({ ...order('a', 1, 'confirmed'), payBy })).toBe(true)
  expect(isUnpaid(order('a', 1, 'confirmed'))).toBe(false)
  expect(isUnpaid({ ...order('a', 1, 'cancelled'), payBy })).toBe(false)
})

test('units are held by orders that stand, of this item only', () => {
  const orders = [
    order('a', 1, 'accepted', 2),
    order('b', 2, 'confirmed'),
    order('c', 3, 'paid'),
    order('d', 4, 'cancelled', 5),
    order('e', 5, 'expired', 5),
    order('f', 6, 'rejected', 5),
    { ...order('g', 7), itemId: 8 },
  ]
  expect(heldUnits(orders, 7)).toBe(4)
  expect(heldUnits(orders, 8)).toBe(1)
})
