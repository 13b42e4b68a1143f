import { expect, test } from 'vitest'
import { pauseMsAfter, retrySchedule } from './retry-schedule.ts'

test('an event is tried for a day, with pauses that grow, and at most every few hours', () => {
  const pauses = Array.from({ length: 30 }, (_, tries) => pauseMsAfter(tries + 1, retrySchedule, 0))
  expect(pauses.slice(0, 3)).toEqual([1_000, 5_000, 30_000])
  expect(pauses).toEqual(pauses.toSorted((a, b) => a - b))
  expect(Math.max(...pauses)).toBeLessThan(3 * 3_600_000)
  expect(pauses.reduce((sum, ms) => sum + ms, 0)).toBeGreaterThan(retrySchedule.giveUpAfterMs)
})

test('a refused event is left behind within the hour', () => {
  const pauses = Array.from({ length: retrySchedule.refusedTriesMax - 1 }, (_, i) =>
    pauseMsAfter(i + 1, retrySchedule, 1),
  )
  expect(pauses.reduce((sum, ms) => sum + ms, 0)).toBeLessThan(3_600_000)
})
