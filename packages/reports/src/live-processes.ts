import type { ProcessKind } from '@flash-sale/contract/live'
import type { Redis } from 'ioredis'
import { isBeyondReports, readReports, reportsKeptMs, runName, type ProcessReport } from './process-report.ts'

export interface LiveProcesses {
  /**
   * The names of the processes of this kind that are alive, or were at any time after `sinceMs` (by `performance.now()`). 'UNKNOWN' if not
   * all of them can have been heard of.
   */
  readonly aliveSince: (sinceMs: number) => readonly string[] | 'UNKNOWN'
  readonly close: () => void
}

const lookEveryMs = 500
/** Two reports missed, and one on its way. */
const silentMsMax = 3_000
/** Of a process that is gone: as long as a process remembers what it accepted. */
const goneKeptMs = 3_600_000
const goneMax = 1_000

/**
 * Watches which processes of a kind report. Only time in which Redis answered counts as silence: a process cannot report to a Redis
 * that is away, and what reports an emptied Redis held is remembered here. The connection is the caller's.
 */
export function watchLiveProcesses(redis: Redis, kind: ProcessKind): LiveProcesses {
  /** For how long each process has been silent, in ms. */
  const silentMs = new Map<string, number>()
  /** When each process was found to be gone, the first one first. In ms. */
  const goneAtMs = new Map<string, number>()
  let watchedMs = 0
  /** Of a process that was gone before, nothing is known. */
  let knownSinceMs = Number.POSITIVE_INFINITY
  let lookedAtMs: number | undefined
  let afterId: string | undefined
  let isLooking = false

  async function look(): Promise<void> {
    const { reports, firstAtMs } = await readNew()
    const nowMs = performance.now()
    if (firstAtMs !== undefined) knownSinceMs = nowMs - Math.max(0, firstAtMs - (reports[0]?.atMs ?? firstAtMs))
    countSilence(nowMs)
    // The first look reads what was reported before.
    const silenceOf = ({ atMs }: ProcessReport) => (firstAtMs === undefined ? 0 : firstAtMs - atMs)
    for (const report of reports) if (report.kind === kind) hear(report, silenceOf(report))
    for (const [name, ms] of silentMs) if (ms > silentMsMax) goAway(name, nowMs)
    for (const [name, ms] of goneAtMs) if (goneAtMs.size > goneMax || nowMs - ms > goneKeptMs) forget(name, ms)
  }

  /** What was reported since the last look that got an answer; in the first one also Redis' time before it, in ms. */
  async function readNew(): Promise<{ readonly reports: readonly ProcessReport[]; readonly firstAtMs?: number }> {
    const firstAtMs = afterId === undefined ? Number((await redis.time())[0]) * 1_000 : undefined
    const from = afterId ?? String(firstAtMs! - reportsKeptMs)
    const { reports, lastId, isPastAll } = await readReports(redis, from)
    // The clock of a Redis that came back empty may be behind that of the one before.
    afterId = isPastAll && (await isBeyondReports(redis, lastId)) ? '0' : lastId
    return { reports, ...(firstAtMs !== undefined && { firstAtMs }) }
  }

  /** Only time in which Redis answered counts, and no more than between two looks that are late. */
  function countSilence(nowMs: number): void {
    const passedMs = Math.min(nowMs - (lookedAtMs ?? nowMs), 2 * lookEveryMs)
    lookedAtMs = nowMs
    watchedMs += passedMs
    for (const [name, ms] of silentMs) silentMs.set(name, ms + passedMs)
  }

  function forget(name: string, ms: number): void {
    goneAtMs.delete(name)
    knownSinceMs = Math.max(knownSinceMs, ms)
  }

  function hear(report: ProcessReport, silence: number): void {
    const name = runName(report)
    goneAtMs.delete(name)
    silentMs.set(name, report.last ? Number.POSITIVE_INFINITY : silence)
  }

  function goAway(name: string, nowMs: number): void {
    silentMs.delete(name)
    goneAtMs.set(name, nowMs)
  }

  const timer = setInterval(() => {
    if (isLooking || redis.status !== 'ready') return
    isLooking = true
    // Without an answer nothing is learned, and nothing forgotten.
    void look()
      .catch(() => undefined)
      .finally(() => (isLooking = false))
  }, lookEveryMs).unref()

  return {
    aliveSince(sinceMs) {
      if (watchedMs < silentMsMax || sinceMs < knownSinceMs) return 'UNKNOWN'
      const gone = [...goneAtMs].filter(([, ms]) => ms > sinceMs)
      return [...silentMs.keys(), ...gone.map(([name]) => name)]
    },
    close: () => clearInterval(timer),
  }
}
