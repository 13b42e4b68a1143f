import { expect, test } from 'vitest'
import { rateSample } from '../model/rate-sample.fixture.ts'
import { chartData } from './chart-data.ts'
import { niceCeiling } from './chart-options.ts'

const sample = (second: number, accepted: number) =>
  rateSample({ at: new Date(second * 1_000).toISOString(), accepted })

test('a chart has a column of times and one for each line', () => {
  const data = chartData([sample(1, 10), sample(2, 20)], [({ accepted }) => accepted, ({ p50Ms }) => p50Ms])
  expect(data).toEqual([
    [1, 2],
    [10, 20],
    [null, null],
  ])
})

test('where nobody measured there is a gap, not a line from one side to the other', () => {
  const data = chartData([sample(1, 10), sample(2, 20), sample(9, 30)], [({ accepted }) => accepted])
  expect(data).toEqual([
    [1, 2, 3, 9],
    [10, 20, null, 30],
  ])
})

test.each([
  [0, 1],
  [0.3, 0.3],
  [7, 8],
  [100, 100],
  [101, 120],
  [9_900, 10_000],
  [10_100, 12_000],
])('a line that reaches %d has an axis up to %d', (max, ceiling) => {
  expect(niceCeiling(max)).toBeCloseTo(ceiling)
})
