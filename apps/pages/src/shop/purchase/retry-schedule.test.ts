import { expect, test } from 'vitest'
import { retryWaitMs, sendingCountMax } from './retry-schedule.ts'

const sendings = Array.from({ length: sendingCountMax - 1 }, (_, i) => i + 1)

test.each([500, 1_000, 2_000, 30_000])(
  'no wait is shorter than the %d ms that the service asked for',
  (retryAfterMs) => {
    for (const sendingCount of sendings) {
      expect(retryWaitMs({ sendingCount, retryAfterMs, random: () => 0 })).toBeGreaterThanOrEqual(retryAfterMs)
    }
  },
)

test('waits grow, and stay bounded', () => {
  const waits = sendings.map((sendingCount) => retryWaitMs({ sendingCount, random: () => 0 }))
  expect(waits.slice(0, 5)).toEqual([500, 750, 1_125, 1_688, 2_531])
  expect(Math.max(...waits)).toBe(12_000)
})

test('buyers who were refused together come back spread over half as long again', () => {
  expect(retryWaitMs({ sendingCount: 1, retryAfterMs: 1_000, random: () => 0 })).toBe(1_000)
  expect(retryWaitMs({ sendingCount: 1, retryAfterMs: 1_000, random: () => 0.999 })).toBe(1_500)
})

test('an attempt is sent again by itself for about five minutes', () => {
  const totalMs = sendings.reduce((sum, sendingCount) => sum + retryWaitMs({ sendingCount, random: () => 0.5 }), 0)
  expect(totalMs / 60_000).toBeGreaterThan(4)
  expect(totalMs / 60_000).toBeLessThan(7)
})
