import { silentMsMax, type LiveProcess } from '@flash-sale/contract/live'
import { outcomeNames, totalOf } from '@flash-sale/contract/order-outcomes'
import type { ProcessReport } from '@flash-sale/reports/process-report'
import type { TotalName } from '@flash-sale/reports/process-totals'

/** The processes that reported in the last minutes and did not say that they stop. */
export interface KnownProcesses {
  /** Takes the reports that are new since the last call. Call it whenever Redis answered. `nowMs` is by Redis' clock. */
  note(reports: readonly ProcessReport[], nowMs: number): void
  /** Each process, with its share of the throughput of its kind. */
  list(nowMs: number): LiveProcess[]
}

/** Reports of this age tell a process' present throughput. */
const recentMs = 3_000
/** As long as Redis keeps reports: a process that died stays in view this long, and on an open page until it is dismissed. */
const shownMs = 5 * 60_000
/** So long without an answer, no process could report to Redis. */
const gapMsMin = 2_500
/** A service whose processes die again and again lists the newest. */
const shownCountMax = 50

interface Known {
  report: ProcessReport
  silentMs: number
}

/** Only time in which Redis answers counts as silence, since a process cannot report to a Redis that is away. */
export function createKnownProcesses(): KnownProcesses {
  const known = new Map<string, Known>()
  let recent: ProcessReport[] = []
  let notedAtMs: number | undefined

  function passTime(): void {
    const atMs = performance.now()
    const passedMs = notedAtMs === undefined ? 0 : atMs - notedAtMs
    notedAtMs = atMs
    for (const process of known.values()) {
      // After a gap each process has its time to report again.
      if (passedMs < gapMsMin) process.silentMs += passedMs
      else if (process.silentMs <= silentMsMax) process.silentMs = 0
    }
  }

  return {
    note(reports, nowMs) {
      passTime()
      for (const report of reports) {
        const key = keyOf(report)
        // The map's order is that of the last reports, so that the newest are the last.
        known.delete(key)
        if (!report.last) known.set(key, { report, silentMs: Math.max(0, nowMs - report.atMs) })
      }
      for (const [key, { silentMs }] of known) {
        if (silentMs > shownMs || known.size > shownCountMax) known.delete(key)
      }
      recent = [...recent, ...reports].filter(({ atMs }) => atMs > nowMs - recentMs)
    },
    list(nowMs) {
      const shown = [...known.values()].toSorted((one, other) => orderOf(one).localeCompare(orderOf(other)))
      const counts = shown.map(({ report }) => recentCountOf(report, nowMs, recent))
      return shown.map(({ report: { id, kind, startedAtMs, atMs }, silentMs }, i) => {
        const ofKind = counts.reduce((sum, count, j) => (shown[j]!.report.kind === kind ? sum + count : sum), 0)
        return {
          id,
          kind,
          startedAt: new Date(startedAtMs).toISOString(),
          lastSeenAt: new Date(atMs).toISOString(),
          silentMs: silentMs > silentMsMax ? Math.round(silentMs) : 0,
          perSecond: Math.round((100 * counts[i]! * 1_000) / recentMs) / 100,
          share: ofKind > 0 ? Math.round((1_000 * counts[i]!) / ofKind) / 1_000 : 0,
        }
      })
    },
  }
}

function keyOf({ kind, id, startedAtMs }: ProcessReport): string {
  return `${kind} ${id} ${startedAtMs}`
}

/** By kind, then by age: a row stays in its place. */
function orderOf({ report: { kind, id, startedAtMs } }: Known): string {
  return `${kind} ${String(startedAtMs).padStart(15, '0')} ${id}`
}

function recentCountOf(process: ProcessReport, nowMs: number, reports: readonly ProcessReport[]): number {
  const own = reports.filter((report) => keyOf(report) === keyOf(process) && report.atMs > nowMs - recentMs)
  return own.reduce((sum, { totals }) => sum + doneTotals.reduce((done, name) => done + (totals[name] ?? 0), 0), 0)
}

/** The totals that count as throughput: orders that an API answered, or that a worker persisted. */
const doneTotals: readonly TotalName[] = [...outcomeNames.map(totalOf), 'persisted']
