import { expect, test } from 'vitest'
import { createSlowdownMeter } from './measure-slowdown.ts'

test('a process that only waits is not slow, and a process that works is at most slowed so far', () => {
  const measure = createSlowdownMeter()
  expect(measure()).toBe(1)
  const untilMs = performance.now() + 60
  while (performance.now() < untilMs);
  const slowdown = measure()
  expect(slowdown).toBeGreaterThanOrEqual(1)
  expect(slowdown).toBeLessThanOrEqual(16)
})
