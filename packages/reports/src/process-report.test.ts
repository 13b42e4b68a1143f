import { outcomeNames, totalOf } from '@flash-sale/contract/order-outcomes'
import { connectTestRedis } from '@flash-sale/testing/connect-test-redis'
import { eventually } from '@flash-sale/testing/eventually'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createDurationBuckets, durationBucketOf, percentileMs } from './process-report-durations.ts'
import {
  createProcessCounts,
  readReports,
  startReporting,
  untilNextReportMs,
  type ProcessReport,
} from './process-report.ts'
import type { TotalName } from './process-totals.ts'

let connection: Awaited<ReturnType<typeof connectTestRedis>>

beforeAll(async () => {
  connection = await connectTestRedis()
})
afterAll(() => connection?.close())
beforeEach(() => connection.redis.flushall())

const allReports = async (): Promise<ProcessReport[]> => (await readReports(connection.redis, '0')).reports

test('a process reports what it counted once a second, and the last of it when it stops', async () => {
  const { redis } = connection
  const counts = createProcessCounts('api')
  const reporting = startReporting(redis, counts, 'here:1')
  counts.totals.accepted = 3
  counts.durations[4] = 2
  await eventually(async () => (await allReports()).length > 0, { what: 'a report' })
  const [first] = await allReports()
  expect(first).toMatchObject({ id: 'here:1', kind: 'api', last: false, totals: { accepted: 3 }, durations: [[4, 2]] })
  expect(await redis.pttl('{flash-sale}:reports')).toBeGreaterThan(0)

  counts.totals.accepted = 5
  counts.totals['refused:SOLD_OUT'] = 1
  await reporting.close()
  const reports = await allReports()
  const sum = (name: TotalName) => reports.reduce((total, { totals }) => total + (totals[name] ?? 0), 0)
  expect({ accepted: sum('accepted'), refused: sum('refused:SOLD_OUT') }).toEqual({ accepted: 5, refused: 1 })
  expect(reports.map(({ last }) => last)).toEqual([...reports.slice(1).map(() => false), true])
})

test('reports come at the full second, one a second, also when a timer fires early', () => {
  expect(untilNextReportMs(5_000)).toBe(1_000)
  expect(untilNextReportMs(5_400)).toBe(600)
  expect(untilNextReportMs(5_999)).toBe(1_001)
})

test('every counter of a process starts at 0, and no counter has a name that its kind of process does not count', () => {
  const api = createProcessCounts('api')
  const worker = createProcessCounts('worker')
  for (const outcome of outcomeNames) expect(api.totals[totalOf(outcome)], outcome).toBe(0)
  for (const n of [...Object.values(api.totals), ...Object.values(worker.totals)]) expect(n).toBe(0)
  // @ts-expect-error: the type check fails if this compiles, and so it does for the two below.
  expect(api.totals.acepted).toBeUndefined()
  // @ts-expect-error: a worker answers no orders.
  expect(worker.totals.accepted).toBeUndefined()
  // @ts-expect-error: an API process persists nothing.
  expect(api.totals.persisted).toBeUndefined()
})

test('what one reading gave is not given again by the next', async () => {
  const { redis } = connection
  await startReporting(redis, createProcessCounts('api'), 'here:3').close()
  const { reports, lastId } = await readReports(redis, '0')
  expect(reports).toHaveLength(1)
  expect(await readReports(redis, lastId)).toEqual({ reports: [], lastId, isPastAll: false })
  expect(await readReports(redis, `${Number.parseInt(lastId, 10) + 1}-0`)).toMatchObject({
    reports: [],
    isPastAll: true,
  })
})

test('percentiles of durations are a tenth off at most, and unknown when nothing was measured', () => {
  const buckets = createDurationBuckets()
  expect(percentileMs(buckets, 0.5)).toBeNull()
  for (let ms = 1; ms <= 1_000; ms += 1) buckets[durationBucketOf(ms)]! += 1
  for (const share of [0.5, 0.9, 0.99]) {
    const exactMs = share * 1_000
    expect(Math.abs(percentileMs(buckets, share)! - exactMs) / exactMs).toBeLessThan(0.1)
  }
  const extremes = createDurationBuckets()
  for (const ms of [0, -1, Number.NaN, 1e9]) extremes[durationBucketOf(ms)]! += 1
  expect(extremes.reduce((sum, n) => sum + n)).toBe(4)
})
