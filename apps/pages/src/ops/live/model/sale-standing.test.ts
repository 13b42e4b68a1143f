import { expect, test } from 'vitest'
import { saleStanding } from './sale-standing.ts'

test('an open sale without a unit left is sold out, and only if the ledger can tell', () => {
  expect(saleStanding('open', { available: 0 })).toBe('soldOut')
  expect(saleStanding('open', { available: 0, invariant: 'settling' })).toBe('soldOut')
  expect(saleStanding('open', { available: 1 })).toBe('open')
  expect(saleStanding('open', { available: 0, invariant: 'unavailable' })).toBe('open')
  expect(saleStanding('open', { available: 0, invariant: 'unreadable' })).toBe('open')
  expect(saleStanding('closed', { available: 0 })).toBe('closed')
  expect(saleStanding('paused', { available: 0 })).toBe('paused')
})
