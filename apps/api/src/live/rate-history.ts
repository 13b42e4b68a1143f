import { liveHistorySeconds, type LiveProcess, type RateSample } from '@flash-sale/contract/live'
import { readReports, type ProcessReport } from '@flash-sale/reports/process-report'
import type { Redis } from 'ioredis'
import { createKnownProcesses } from './known-processes.ts'
import { rateSampleOf, type Gauges } from './rate-sample.ts'

export interface RateHistory {
  /** Whether a further second is complete, so that `advance` is due. `nowMs` is by Redis' clock. */
  isDue(nowMs: number): boolean
  /** Reads the reports since the last call; the first call reads the whole time that the history covers. */
  advance(nowMs: number, gauges: Gauges): Promise<void>
  /** The oldest first. */
  readonly samples: readonly RateSample[]
  /** See KnownProcesses. */
  processes(nowMs: number): LiveProcess[]
}

const historyMs = liveHistorySeconds * 1_000
/** Processes report at the full second, by clocks that may be this far off. */
const lateMs = 500
const unmeasured: Gauges = { outboxAgeMs: null, queueDepth: null }

/** The rates of each second, from the reports of all processes, including the time before anybody listened. */
export function createRateHistory(redis: Redis): RateHistory {
  const samples: RateSample[] = []
  const known = createKnownProcesses()
  /** Reports of seconds that have no sample yet. */
  let waiting: ProcessReport[] = []
  let lastId: string | undefined
  let lastSecond: number | undefined

  return {
    samples,
    isDue: (nowMs) => lastSecondAt(nowMs) !== lastSecond,
    async advance(nowMs, gauges) {
      const fromMs = nowMs - historyMs
      const read = await readReports(redis, lastId ?? String(fromMs))
      lastId = read.lastId
      known.note(read.reports, nowMs)
      waiting.push(...read.reports)
      const until = lastSecondAt(nowMs)
      const next = lastSecond === undefined ? firstSecondOf(waiting) : lastSecond + 1
      for (let second = Math.max(next ?? until, Math.ceil(fromMs / 1_000)); second <= until; second += 1) {
        // A report that came too late for its second counts in the next one, so that nothing is left out.
        const own = waiting.filter((report) => secondOf(report) <= second)
        waiting = waiting.filter((report) => secondOf(report) > second)
        samples.push(rateSampleOf(second * 1_000, own, second === until ? gauges : unmeasured))
      }
      // After a clock was set back, seconds continue from its new time.
      lastSecond = until
      samples.splice(0, Math.max(0, samples.length - liveHistorySeconds))
    },
    processes: (nowMs) => known.list(nowMs),
  }
}

/** The last second whose reports have all come. */
function lastSecondAt(nowMs: number): number {
  return Math.floor((nowMs - lateMs) / 1_000)
}

function secondOf({ atMs }: ProcessReport): number {
  return Math.round(atMs / 1_000)
}

function firstSecondOf([first]: readonly ProcessReport[]): number | undefined {
  return first && secondOf(first)
}
