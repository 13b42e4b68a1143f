import { expect, test } from 'vitest'
import { saleStanding } from './sale-standing.ts'

test('an open sale without a unit left is sold out', () => {
  expect(saleStanding('open', { available: 0, invariant: 'balanced' })).toBe('soldOut')
  expect(saleStanding('open', { available: 0, invariant: 'settling' })).toBe('soldOut')
  expect(saleStanding('open', { available: 1, invariant: 'balanced' })).toBe('open')
  expect(saleStanding('closed', { available: 0, invariant: 'balanced' })).toBe('closed')
  expect(saleStanding('paused', { available: 0, invariant: 'balanced' })).toBe('paused')
})

test.each(['unavailable', 'unreadable', 'broken', undefined] as const)(
  'no sale is called sold out whose ledger is %s',
  (invariant) => {
    expect(saleStanding('open', { available: 0, invariant })).toBe('open')
  },
)
