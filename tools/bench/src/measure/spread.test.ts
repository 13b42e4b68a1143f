import { expect, test } from 'vitest'
import { ratioOf, spreadOf } from './spread.ts'

test('a spread has the middle and the quarters, between neighbours in proportion', () => {
  expect(spreadOf([5, 1, 3, 2, 4])).toEqual({ median: 3, low: 2, high: 4 })
  expect(spreadOf([1, 2])).toEqual({ median: 1.5, low: 1.25, high: 1.75 })
})

test('what slows a whole round down falls out of a ratio', () => {
  const slowed = [1, 0.5, 0.1]
  const ratio = ratioOf(
    slowed.map((speed) => 80 * speed),
    slowed.map((speed) => 100 * speed),
  )
  expect(ratio.low).toBeCloseTo(0.8)
  expect(ratio.high).toBeCloseTo(0.8)
})
