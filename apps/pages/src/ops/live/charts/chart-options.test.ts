import { expect, test } from 'vitest'
import { axisPx, niceTimeCeiling, timeSpacePx } from './chart-options.ts'

const widthPx = (text: string) => text.length * 10

test('the axis of a chart is as wide as its widest text, so that no digit is cut, and no narrower than that of the charts beside it', () => {
  expect(axisPx(['0 ms', '200 ms', '1,200 ms'], widthPx, 16)).toBe(86)
  expect(axisPx(['0', '5'], widthPx, 16)).toBe(54)
  expect(axisPx([], widthPx, 20)).toBe(68)
})

test('an axis of times is round as a clock is: the minute comes after 50 seconds, and the hour after 30 minutes', () => {
  const second = 1_000
  const minute = 60 * second
  const tops = [0.4, 41 * second, 55 * second, 61 * second, 3 * minute, 11 * minute, 31 * minute, 25 * 60 * minute]
  expect(tops.map(niceTimeCeiling)).toEqual([
    0.4,
    50 * second,
    minute,
    2 * minute,
    4 * minute,
    20 * minute,
    60 * minute,
    1.2 * 1_440 * minute,
  ])
})

test('a narrow chart of five minutes has room for two times at least, and times with seconds have more room', () => {
  const incrementSeconds = [5, 15, 30, 60, 120, 300]
  const shownEvery = (spanSeconds: number, chartPx: number) => {
    const space = timeSpacePx(spanSeconds / chartPx, 16)
    return incrementSeconds.find((seconds) => (seconds * chartPx) / spanSeconds >= space)
  }
  expect(shownEvery(300, 125)).toBe(120)
  expect(shownEvery(300, 440)).toBe(60)
  expect(shownEvery(60, 125)).toBe(60)
  expect(shownEvery(60, 440)).toBe(15)
})
