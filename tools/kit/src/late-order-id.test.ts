import { expect, test } from 'vitest'
import { lateOrderId } from './late-order-id.ts'

test("the order of late money has the item's number in front, and follows from the payment and the buyer", () => {
  const id = lateOrderId(7, 'ann', 'payment-1')
  expect(id).toMatch(/^00000007-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  expect(lateOrderId(7, 'ann', 'payment-1')).toBe(id)
  const others = [
    lateOrderId(8, 'ann', 'payment-1'),
    lateOrderId(7, 'bob', 'payment-1'),
    lateOrderId(7, 'ann', 'payment-2'),
  ]
  expect(others).not.toContain(id)
})
