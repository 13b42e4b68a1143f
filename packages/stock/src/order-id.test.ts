import fc from 'fast-check'
import { expect, test } from 'vitest'
import { deriveKeylessOrderId, deriveOrderId, orderUuid, parseOrderUuid, shortOrderId } from './order-id.ts'

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

test('two orders without a key within the window find each other, though their clocks differ by up to the window', () => {
  const windows = fc.integer({ min: 1, max: 60_000 })
  const times = fc.integer({ min: 1_700_000_000_000, max: 1_900_000_000_000 })
  const parts = fc.double({ min: 0, max: 1, noNaN: true })
  fc.assert(
    fc.property(windows, times, parts, parts, fc.boolean(), (windowMs, nowMs, apart, skew, isAhead) => {
      const wish = { buyer: 'ann', quantity: 2 }
      const laterMs = nowMs + Math.floor(apart * windowMs) + Math.floor((isAhead ? 1 : -1) * skew * (windowMs - 1))
      const first = deriveKeylessOrderId(7, wish, windowMs, nowMs)
      const second = deriveKeylessOrderId(7, wish, windowMs, laterMs)
      expect([second.id.short, ...second.firstIds]).toContain(first.id.short)
    }),
  )
})

test('an order without a key has the id of no other buyer, quantity, item, window or key', () => {
  const nowMs = 1_800_000_000_000
  const id = deriveKeylessOrderId(7, { buyer: 'ann', quantity: 2 }, 1_000, nowMs)
  const others = [
    deriveKeylessOrderId(7, { buyer: 'bob', quantity: 2 }, 1_000, nowMs).id,
    deriveKeylessOrderId(7, { buyer: 'ann', quantity: 1 }, 1_000, nowMs).id,
    deriveKeylessOrderId(8, { buyer: 'ann', quantity: 2 }, 1_000, nowMs).id,
    deriveKeylessOrderId(7, { buyer: 'ann', quantity: 2 }, 2_000, nowMs).id,
    // What its digest is of, without the NUL that no client's key may hold.
    deriveOrderId(7, 'ann', `2:1000:${nowMs / 1_000}`),
  ]
  expect(others.map(({ short }) => short)).not.toContain(id.id.short)
  expect(parseOrderUuid(id.id.uuid)).toEqual({ ...id.id, itemId: 7 })
})

test('a UUID that is not ours is recognised as such', () => {
  expect(parseOrderUuid('6f9619ff-8b86-4d01-b42d-00cf4fc964ff')).toBeUndefined()
  expect(parseOrderUuid('nonsense')).toBeUndefined()
})
