import { expect, test } from 'vitest'
import { axisPx } from './chart-options.ts'

const widthPx = (text: string) => text.length * 10

test('the axis of a chart is as wide as its widest text, so that no digit is cut, and no narrower than that of the charts beside it', () => {
  expect(axisPx(['0 ms', '200 ms', '1,200 ms'], widthPx, 16)).toBe(86)
  expect(axisPx(['0', '5'], widthPx, 16)).toBe(54)
  expect(axisPx([], widthPx, 20)).toBe(68)
})
