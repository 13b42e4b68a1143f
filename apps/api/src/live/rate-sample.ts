import type { RateSample } from '@flash-sale/contract/live'
import { refusalCodes, refusedTotal } from '@flash-sale/contract/order-outcomes'
import type { ProcessReport } from '@flash-sale/reports/process-report'
import { createDurationBuckets, percentileMs } from '@flash-sale/reports/process-report-durations'
import type { TotalName } from '@flash-sale/reports/process-totals'

/** Values that are measured once for all processes. */
export interface Gauges {
  readonly outboxAgeMs: number | null
  readonly queueDepth: number | null
}

/** The rates of one second, from the reports of all processes at its end. */
export function rateSampleOf(atMs: number, reports: readonly ProcessReport[], gauges: Gauges): RateSample {
  const total = (name: TotalName) => reports.reduce((sum, { totals }) => sum + (totals[name] ?? 0), 0)
  const refused: RateSample['refused'] = {}
  for (const code of refusalCodes) {
    const count = total(refusedTotal(code))
    if (count > 0) refused[code] = count
  }
  const durations = createDurationBuckets()
  for (const [bucket, count] of reports.flatMap((report) => report.durations)) durations[bucket]! += count
  const ratio = (part: TotalName, whole: TotalName, factor = 1) =>
    total(whole) > 0 ? rounded((factor * total(part)) / total(whole)) : null
  return {
    at: new Date(atMs).toISOString(),
    accepted: total('accepted'),
    persisted: total('persisted'),
    refused,
    p50Ms: rounded(percentileMs(durations, 0.5)),
    p99Ms: rounded(percentileMs(durations, 0.99)),
    batchSize: ratio('batchOrders', 'batches'),
    ...gauges,
    redisMicrosPerOrder: ratio('batchMs', 'batchOrders', 1_000),
    postgresMicrosPerOrder: ratio('persistMs', 'persisted', 1_000),
  }
}

function rounded<N extends number | null>(value: N): N {
  return (value === null ? null : Math.round(value * 100) / 100) as N
}
