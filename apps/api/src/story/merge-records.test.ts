import { createDurationBuckets } from '@flash-sale/reports/process-report-durations'
import { expect, test } from 'vitest'
import { mergeRecords, pointsOfRecord, sumOfRecord } from './merge-records.ts'

const durations = createDurationBuckets()

test('records of different widths add up in the widest, without gaps', () => {
  const quick = {
    fromMs: 12_000,
    widthMs: 1_000,
    buckets: [
      { bucket: 0, outcomes: { accepted: 1 } },
      { bucket: 9, outcomes: { accepted: 2 } },
    ],
    durations,
  }
  const long = {
    fromMs: 10_000,
    widthMs: 4_000,
    buckets: [{ bucket: 1, outcomes: { 'refused:SOLD_OUT': 7 } }],
    durations,
  }
  const merged = mergeRecords([quick, long])!
  expect(pointsOfRecord(merged, 100_000)).toEqual([
    { at: '1970-01-01T00:00:10.000Z', seconds: 4, accepted: 1, replayed: 0, refused: {} },
    { at: '1970-01-01T00:00:14.000Z', seconds: 4, accepted: 0, replayed: 0, refused: { SOLD_OUT: 7 } },
    { at: '1970-01-01T00:00:18.000Z', seconds: 4, accepted: 2, replayed: 0, refused: {} },
  ])
  // The newest point covers only what has passed of it.
  expect(pointsOfRecord(merged, 20_000).at(-1)).toMatchObject({ seconds: 2 })
  expect(sumOfRecord(merged, 3)).toMatchObject({ accepted: 3, refused: { SOLD_OUT: 7 }, isComplete: true })
  expect(sumOfRecord(merged, 4)).toMatchObject({ isComplete: false })
  expect(mergeRecords([])).toBeUndefined()
})
