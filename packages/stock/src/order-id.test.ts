import fc from 'fast-check'
import { expect, test } from 'vitest'
import { deriveOrderId, orderUuid, parseOrderUuid, shortOrderId } from './order-id.ts'

const itemIds = fc.integer({ min: 1, max: 2 ** 31 - 1 })

test('the same item, buyer and key have the same id, and the id says which item', () => {
  fc.assert(
    fc.property(itemIds, fc.string({ minLength: 1 }), fc.string({ minLength: 1 }), (itemId, buyer, key) => {
      const id = deriveOrderId(itemId, buyer, key)
      expect(deriveOrderId(itemId, buyer, key)).toEqual(id)
      expect(parseOrderUuid(id.uuid)).toEqual({ ...id, itemId })
      expect(orderUuid(id.short)).toBe(id.uuid)
      expect(shortOrderId(id.uuid)).toBe(id.short)
    }),
  )
})

test('it is a UUID of version 8, in 22 characters for Redis', () => {
  const id = deriveOrderId(7, 'ann', 'k')
  expect(id.uuid).toMatch(/^00000007-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  expect(id.short).toMatch(/^[\w-]{22}$/)
})

test('moving a character from the buyer to the key makes another order', () => {
  expect(deriveOrderId(1, 'ann', 'x1')).not.toEqual(deriveOrderId(1, 'annx', '1'))
  expect(deriveOrderId(1, '1:a', 'b')).not.toEqual(deriveOrderId(1, '1', 'a:b'))
})

test('without a key every call is an order of its own', () => {
  expect(deriveOrderId(1, 'ann', undefined)).not.toEqual(deriveOrderId(1, 'ann', undefined))
})

test('a UUID that is not ours is recognised as such', () => {
  expect(parseOrderUuid('6f9619ff-8b86-4d01-b42d-00cf4fc964ff')).toBeUndefined()
  expect(parseOrderUuid('nonsense')).toBeUndefined()
})
