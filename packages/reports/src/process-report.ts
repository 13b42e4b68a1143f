import { hostname } from 'node:os'
import type { ProcessKind } from '@flash-sale/contract/live'
import type { Redis } from 'ioredis'
import { createDurationBuckets } from './process-report-durations.ts'
import { createTotals, type TotalName, type Totals } from './process-totals.ts'

/** What a process counts of its work. Each order raises these plain numbers; no number ever falls. */
export interface ProcessCounts<Kind extends ProcessKind> {
  readonly kind: Kind
  readonly totals: Totals<Kind>
  /** How long orders took to answer, in the buckets of process-report-durations.ts. */
  readonly durations: number[]
}

type AnyCounts = { [Kind in ProcessKind]: ProcessCounts<Kind> }[ProcessKind]

type SomeTotals = { readonly [Name in TotalName]?: number }

interface Counted {
  readonly totals: SomeTotals
  readonly durations: readonly number[]
}

/** What a process did since its last report, about a second ago. */
export interface ProcessReport {
  readonly id: string
  readonly kind: ProcessKind
  readonly startedAtMs: number
  /** When Redis took the report. */
  readonly atMs: number
  /** Totals that did not change are left out. */
  readonly totals: SomeTotals
  /** Pairs of bucket and count. */
  readonly durations: readonly (readonly [bucket: number, count: number])[]
  /** The process is stopping; this is its last report. */
  readonly last: boolean
}

export interface Reporting {
  /** The name of this run of the process. */
  readonly runName: string
  /** Sends what was counted since the last report, as the last one. Never rejects. */
  close(): Promise<void>
}

/** A stream of the reports of all processes, in the hash slot of the queue's keys. It ends when nobody reports. */
const reportsKey = '{flash-sale}:reports'
export const reportsKeptMs = 5 * 60_000
/** Five minutes of 20 processes, 2 MB at most. Not bounded by age: that would trust the clock of each process. */
const keptCount = 6_000
const everyMs = 1_000
/** A timer may fire some ms before the second it waits for. The second that is this near has its report already. */
const firesEarlyMsMax = 100
const lastReportWithinMs = 500

/** The name of this process for people: its host and its process id. */
export const processId = `${hostname()}:${process.pid}`

/** One run of a process: in a container each run has the same host and process id. No spaces. */
export function runName({ id, startedAtMs }: Pick<ProcessReport, 'id' | 'startedAtMs'>): string {
  return `${id}@${new Date(startedAtMs).toISOString()}`
}

/** Everything that a process of this kind counts, from 0. */
export function createProcessCounts<Kind extends ProcessKind>(kind: Kind): ProcessCounts<Kind> {
  return { kind, totals: createTotals(kind), durations: createDurationBuckets() }
}

/**
 * Reports the counts to Redis at each full second, so that the reports of all processes at one second belong together. A report that Redis
 * did not take is part of the next one. The caller owns the connection.
 */
export function startReporting(redis: Redis, counts: AnyCounts, id = processId): Reporting {
  const { kind } = counts
  const startedAtMs = Date.now()
  let reported = copyOf(counts)
  let sending: Promise<unknown> = Promise.resolve()
  let isSending = false
  let timer = later()

  function later(): NodeJS.Timeout {
    return setTimeout(() => {
      timer = later()
      // A report for a Redis that is away would be out of date when it arrives.
      if (!isSending && redis.status === 'ready') sending = send(false)
    }, untilNextReportMs(Date.now())).unref()
  }

  async function send(last: boolean): Promise<void> {
    const current = copyOf(counts)
    const body = JSON.stringify({ id, kind, startedAtMs, last, ...difference(current, reported) })
    isSending = true
    try {
      await Promise.all([
        redis.xadd(reportsKey, 'MAXLEN', '~', keptCount, '*', 'report', body),
        redis.pexpire(reportsKey, reportsKeptMs),
      ])
      reported = current
    } catch {
      // The connection itself logs the failure.
    } finally {
      isSending = false
    }
  }

  return {
    runName: runName({ id, startedAtMs }),
    async close() {
      clearTimeout(timer)
      if (redis.status !== 'ready') return
      const sent = sending.then(() => send(true))
      await Promise.race([sent, new Promise((resolve) => setTimeout(resolve, lastReportWithinMs).unref())])
    },
  }
}

/** The time from `nowMs` to the next full second that has no report yet. */
export function untilNextReportMs(nowMs: number): number {
  const untilSecondMs = everyMs - (nowMs % everyMs)
  return untilSecondMs > firesEarlyMsMax ? untilSecondMs : untilSecondMs + everyMs
}

export interface ReadReports {
  /** The oldest first. */
  readonly reports: ProcessReport[]
  /** For the next call. */
  readonly lastId: string
  /** Neither a report after `afterId` is there, nor the one of that id: it is too old, or Redis came back empty. */
  readonly isPastAll: boolean
}

/** The reports after `afterId`. The first `afterId` is a time in ms by Redis' clock. */
export async function readReports(redis: Redis, afterId: string): Promise<ReadReports> {
  const entries = await redis.xrange(reportsKey, afterId, '+', 'COUNT', 2 * keptCount)
  const reports = entries.flatMap(([id, fields]): ProcessReport[] => {
    if (id === afterId) return []
    const report: Omit<ProcessReport, 'atMs'> = JSON.parse(fields[1] ?? '{}')
    return [{ ...report, atMs: Number(id.split('-')[0]) }]
  })
  return { reports, lastId: entries.at(-1)?.[0] ?? afterId, isPastAll: entries.length === 0 }
}

/** Whether an id is later than every report there is. */
export async function isBeyondReports(redis: Redis, id: string): Promise<boolean> {
  const [last] = await redis.xrevrange(reportsKey, '+', '-', 'COUNT', 1)
  return last !== undefined && Number(last[0].split('-')[0]) < Number(id.split('-')[0])
}

function copyOf({ totals, durations }: AnyCounts): Counted {
  return { totals: { ...totals }, durations: [...durations] }
}

function difference(current: Counted, before: Counted): Pick<ProcessReport, 'totals' | 'durations'> {
  const names = Object.keys(current.totals) as TotalName[]
  const totals = names.map((name) => [name, (current.totals[name] ?? 0) - (before.totals[name] ?? 0)] as const)
  const durations = current.durations.map((n, bucket) => [bucket, n - (before.durations[bucket] ?? 0)] as const)
  return { totals: Object.fromEntries(totals.filter(([, n]) => n > 0)), durations: durations.filter(([, n]) => n > 0) }
}
