import type { RateSample } from '@flash-sale/contract/live'
import { expect, test } from 'vitest'
import { peakOf, refusedPerSecond } from './peaks.ts'

test('the peak is the largest second, and seconds without a measure do not count', () => {
  const samples = [{ p99Ms: null }, { p99Ms: 40 }, { p99Ms: 12 }, { p99Ms: null }] as RateSample[]
  expect(peakOf(samples, ({ p99Ms }) => p99Ms)).toBe(40)
})

test('what was never measured has no peak, and what stayed at nought has one of nought', () => {
  expect(peakOf([{ p99Ms: null }] as RateSample[], ({ p99Ms }) => p99Ms)).toBeUndefined()
  expect(peakOf([{ accepted: 0 }] as RateSample[], ({ accepted }) => accepted)).toBe(0)
})

test('orders are refused for several reasons in one second', () => {
  expect(refusedPerSecond({ refused: { SOLD_OUT: 5, BUSY: 2 } } as RateSample)).toBe(7)
})
