import { bucketsMax, type DropRecord } from '@flash-sale/reports/drop-record'
import { createDurationBuckets } from '@flash-sale/reports/process-report-durations'
import { expect, test } from 'vitest'
import { pointsOfRecords, sumOfRecords } from './merge-records.ts'

function record(given: Partial<DropRecord>): DropRecord {
  return { fromMs: 12_000, widthMs: 1_000, buckets: [], aside: {}, durations: createDurationBuckets(), ...given }
}

const quick = record({
  buckets: [
    { bucket: 0, outcomes: { accepted: 1 } },
    { bucket: 9, outcomes: { accepted: 2 } },
  ],
})
const long = record({
  fromMs: 10_000,
  widthMs: 4_000,
  buckets: [{ bucket: 1, outcomes: { 'refused:SOLD_OUT': 7 } }],
  aside: { 'refused:SALE_NOT_OPEN': 4 },
})
const never = record({ fromMs: undefined, widthMs: 0, aside: { 'refused:SALE_NOT_OPEN': 1 } })

test('records of different widths add up in the widest, without gaps; orders without a time are in the sum alone', () => {
  expect(pointsOfRecords([quick, long, never], 100_000)).toEqual([
    { at: '1970-01-01T00:00:10.000Z', seconds: 4, accepted: 1, replayed: 0, refused: {} },
    { at: '1970-01-01T00:00:14.000Z', seconds: 4, accepted: 0, replayed: 0, refused: { SOLD_OUT: 7 } },
    { at: '1970-01-01T00:00:18.000Z', seconds: 4, accepted: 2, replayed: 0, refused: {} },
  ])
  // The newest point covers only what has passed of it.
  expect(pointsOfRecords([quick, long], 20_000).at(-1)).toMatchObject({ seconds: 2 })
  expect(pointsOfRecords([never], 20_000)).toEqual([])
  expect(sumOfRecords([quick, long, never], 3)).toMatchObject({
    accepted: 3,
    refused: { SOLD_OUT: 7, SALE_NOT_OPEN: 5 },
  })
})

test('items whose first orders are six days apart make no more points than one item, and lose no order', () => {
  const later = record({ fromMs: 12_000 + 6 * 24 * 3_600_000, buckets: [{ bucket: 5, outcomes: { accepted: 4 } }] })
  const points = pointsOfRecords([quick, later], later.fromMs! + 10_000)
  expect(points.length).toBeLessThanOrEqual(bucketsMax)
  expect(points.reduce((sum, { accepted }) => sum + accepted, 0)).toBe(7)
  expect(points.at(-1)!.accepted).toBe(4)
})

test('the counts are complete unless the stores have more orders; an order of unknown outcome may be one of those', () => {
  expect(sumOfRecords([quick], 3)).toMatchObject({ isComplete: true })
  expect(sumOfRecords([quick], 4)).toMatchObject({ isComplete: false })
  const unsure = record({ buckets: [{ bucket: 0, outcomes: { 'refused:OUTCOME_UNKNOWN': 1 } }] })
  expect(sumOfRecords([quick, unsure], 4)).toMatchObject({ isComplete: true })
  expect(sumOfRecords([quick, unsure], 5)).toMatchObject({ isComplete: false })
  expect(sumOfRecords([quick], undefined)).not.toHaveProperty('isComplete')
})
