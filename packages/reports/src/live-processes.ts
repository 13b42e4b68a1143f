import type { ProcessKind } from '@flash-sale/contract/live'
import type { Redis } from 'ioredis'
import { readReports } from './process-report.ts'

export interface LiveProcesses {
  /** The names of the processes of this kind that are alive; 'UNKNOWN' as long as not all of them can have been heard of. */
  readonly names: () => readonly string[] | 'UNKNOWN'
  readonly close: () => void
}

const lookEveryMs = 500
/** Two reports missed, and one on its way. */
const silentMsMax = 3_000

/**
 * Watches which processes of a kind report. Only time in which Redis answered counts as silence: a process cannot report to a Redis
 * that is away, and what reports an emptied Redis held is remembered here. The connection is the caller's.
 */
export function watchLiveProcesses(redis: Redis, kind: ProcessKind): LiveProcesses {
  /** For how long each process has been silent, in ms. */
  const silentMs = new Map<string, number>()
  let watchedMs = 0
  let lookedAtMs: number | undefined
  let afterId: string | undefined
  let isLooking = false

  async function look(): Promise<void> {
    afterId ??= String(Number((await redis.time())[0]) * 1_000 - silentMsMax)
    const { reports, lastId } = await readReports(redis, afterId)
    afterId = lastId
    const nowMs = performance.now()
    const passedMs = Math.min(nowMs - (lookedAtMs ?? nowMs), 2 * lookEveryMs)
    lookedAtMs = nowMs
    watchedMs += passedMs
    for (const [name, ms] of silentMs) {
      if (ms + passedMs > silentMsMax) silentMs.delete(name)
      else silentMs.set(name, ms + passedMs)
    }
    for (const { id, last } of reports.filter((report) => report.kind === kind)) {
      if (last) silentMs.delete(id)
      else silentMs.set(id, 0)
    }
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
    names: () => (watchedMs < silentMsMax ? 'UNKNOWN' : [...silentMs.keys()]),
    close: () => clearInterval(timer),
  }
}
