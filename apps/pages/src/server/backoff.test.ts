import { expect, test } from 'vitest'
import { backoffMs } from './backoff.ts'

test('each try waits about twice as long as the one before, up to a bound', () => {
  expect([1, 2, 3, 4, 5, 6, 7, 50].map((attempt) => backoffMs(attempt, () => 1))).toEqual([
    250, 500, 1_000, 2_000, 4_000, 8_000, 8_000, 8_000,
  ])
})

test('pages that were cut off in one instant do not come back in one instant', () => {
  expect(backoffMs(3, () => 0)).toBe(500)
  expect(backoffMs(3, () => 0.5)).toBe(750)
})
