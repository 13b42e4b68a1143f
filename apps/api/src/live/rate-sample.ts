import type { LiveProcess, RateSample } from '@flash-sale/contract/live'
import { outcomeNames, refusalCodes, refusedTotal, totalOf } from '@flash-sale/contract/order-outcomes'
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

/** Reports of this age tell a process' present throughput. */
const recentMs = 3_000
/** A process that stopped reporting is shown this long, with the time of its last report. */
const shownMs = 30_000

/** The live processes, and each one's share of the throughput of its kind. A process that said it was stopping is left out. */
export function liveProcessesOf(nowMs: number, reports: readonly ProcessReport[]): LiveProcess[] {
  const latest = new Map<string, ProcessReport>()
  for (const report of reports) latest.set(`${report.kind} ${report.id}`, report)
  const shown = [...latest.values()].filter((report) => !report.last && report.atMs > nowMs - shownMs)
  const counts = shown.map((report) => recentCountOf(report, nowMs, reports))
  return shown.map(({ id, kind, startedAtMs, atMs }, i) => {
    const ofKind = counts.reduce((sum, count, j) => (shown[j]!.kind === kind ? sum + count : sum), 0)
    return {
      id,
      kind,
      startedAt: new Date(startedAtMs).toISOString(),
      lastSeenAt: new Date(atMs).toISOString(),
      perSecond: rounded((counts[i]! * 1_000) / recentMs),
      share: ofKind > 0 ? Math.round((1_000 * counts[i]!) / ofKind) / 1_000 : 0,
    }
  })
}

function recentCountOf({ id, kind }: ProcessReport, nowMs: number, reports: readonly ProcessReport[]): number {
  const own = reports.filter((report) => report.id === id && report.kind === kind && report.atMs > nowMs - recentMs)
  return own.reduce((sum, { totals }) => sum + doneTotals.reduce((done, name) => done + (totals[name] ?? 0), 0), 0)
}

/** The totals that count as throughput: orders that an API answered, or that a worker persisted. */
const doneTotals: readonly TotalName[] = [...outcomeNames.map(totalOf), 'persisted']

function rounded<N extends number | null>(value: N): N {
  return (value === null ? null : Math.round(value * 100) / 100) as N
}
