import type { SaleStory } from '@flash-sale/contract/sale-story'
import { expect, test } from 'vitest'
import { tellStory } from './tell-story.ts'

const proof = { balanced: true, oversold: 0, undersold: 0, duplicates: 0, limitBreaches: 0 }
const asked = {
  isComplete: true,
  accepted: 80,
  replayed: 7,
  refused: { SOLD_OUT: 900, LIMIT_REACHED: 13 },
  p50Ms: 2,
  p99Ms: 31,
}
const story: SaleStory = {
  saleId: 1,
  at: '2026-11-22T10:01:00.000Z',
  isOver: true,
  total: 100,
  units: 100,
  orders: 80,
  endedOrders: 0,
  storedOrders: 80,
  buyers: 75,
  sellingMs: 4_000,
  soldOutAt: '2026-11-22T10:00:04.000Z',
  soldOut: [],
  asked,
  proof,
}

test('a sold-out sale tells how many orders were sent, who got some, that none was sold twice or lost, and how fast', () => {
  expect(tellStory(story)).toEqual({
    buyers: 75,
    units: 100,
    total: 100,
    soldShare: 1,
    selling: { ms: 4_000, ordersPerSecond: 20, isSoldOut: true },
    sent: { count: 1_000, isAtLeast: false, accepted: 80, replayed: 7, refused: 913 },
    p99Ms: 31,
    proof: { isWhole: true, twice: 0, lost: 0 },
  })
})

test('nothing is said of what is still being saved, or was not counted', () => {
  const { asked: _asked, proof: _proof, ...rest } = story
  const told = tellStory(rest)
  for (const absent of ['sent', 'p99Ms', 'proof']) expect(told).not.toHaveProperty(absent)
  expect(tellStory({ ...story, asked: { ...asked, isComplete: false } }).sent).toMatchObject({ isAtLeast: true })
  const { isComplete: _isComplete, ...live } = asked
  expect(tellStory({ ...story, asked: live }).sent).toMatchObject({ isAtLeast: false })
})

test('an accepted order that the stores do not have is told as lost, although both stores agree', () => {
  expect(tellStory({ ...story, orders: 79, storedOrders: 79 }).proof).toEqual({ isWhole: false, twice: 0, lost: 1 })
  expect(tellStory({ ...story, proof: { ...proof, balanced: false, duplicates: 2 } }).proof).toEqual({
    isWhole: false,
    twice: 2,
    lost: 0,
  })
  expect(tellStory({ ...story, proof: { ...proof, balanced: false, limitBreaches: 1 } }).proof?.isWhole).toBe(false)
})

test('an accepted order that was rejected later is not lost: it is stored, and its buyer can read why', () => {
  expect(tellStory({ ...story, orders: 78, endedOrders: 1 }).proof).toEqual({ isWhole: true, twice: 0, lost: 0 })
})
