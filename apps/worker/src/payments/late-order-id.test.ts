import { randomUUID } from 'node:crypto'
import { lateOrderId } from '@flash-sale/kit/late-order-id'
import { derivePaymentOrderId } from '@flash-sale/stock/order-id'
import { expect, test } from 'vitest'

test('the history checker derives the same order from late money as the service', () => {
  for (const itemId of [1, 2 ** 31 - 1]) {
    for (const buyer of ['ann', '小明', '😀:1']) {
      for (let n = 0; n < 20; n += 1) {
        const paymentId = randomUUID()
        expect(lateOrderId(itemId, buyer, paymentId)).toBe(derivePaymentOrderId(itemId, buyer, paymentId).uuid)
      }
    }
  }
})
