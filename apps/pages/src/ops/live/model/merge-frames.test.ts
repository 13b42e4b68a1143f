import type { RateSample } from '@flash-sale/contract/live'
import { expect, test } from 'vitest'
import { mergeRates } from './merge-frames.ts'
import { rateSample } from './rate-sample.fixture.ts'

const sampleAt = (second: number) => rateSample({ at: new Date(second * 1_000).toISOString(), accepted: second })
const seconds = (samples: readonly RateSample[]) => samples.map(({ accepted }) => accepted)

test('a sample that came with several frames is kept once, and changes nothing the second time', () => {
  const kept = mergeRates([sampleAt(1)], [sampleAt(2)])
  expect(seconds(kept)).toEqual([1, 2])
  expect(mergeRates(kept, [sampleAt(2)])).toBe(kept)
  expect(mergeRates(kept, [sampleAt(1)])).toBe(kept)
})

test('the history after a broken connection fills only what is missing', () => {
  const kept = mergeRates([sampleAt(1), sampleAt(2)], [sampleAt(1), sampleAt(2), sampleAt(3), sampleAt(4)])
  expect(seconds(kept)).toEqual([1, 2, 3, 4])
})

test('a page that is open for hours holds five minutes', () => {
  let kept: readonly RateSample[] = []
  for (let second = 1; second <= 20_000; second += 1) kept = mergeRates(kept, [sampleAt(second)])
  expect(kept).toHaveLength(300)
  expect(kept[0]?.accepted).toBe(19_701)
})
