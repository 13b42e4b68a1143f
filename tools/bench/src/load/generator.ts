import { replayedHeader, type OrderRequest } from '@flash-sale/kit/order-request'
import { percentileMs } from '@flash-sale/reports/process-report-durations'
import { benchModule, startOwnChild } from '../own-child.ts'
import { httpText } from './http-text.ts'
import type { NewBuyers } from './new-buyers.ts'
import type { PressCounts, PressPlan } from './press-connections.ts'

/** Each connection sends requests of its own again and again; or all connections together send those of new buyers, each once. */
export type Requests =
  | { readonly requestsOf: (connection: number) => readonly OrderRequest[] }
  | { readonly newBuyers: NewBuyers }

export type PressOptions = PressBounds & Requests

export interface PressBounds {
  /** The servers; connections are dealt out to them in turn. */
  readonly urls: readonly string[]
  readonly connections: number
  /** How long it goes on; or how many times each connection sends its requests. New buyers come once at most, however long it is. */
  readonly until: { readonly ms: number } | { readonly laps: number }
}

/** The result of sending orders for a slice. */
export interface Pressed {
  readonly perSecond: number
  readonly answerCount: number
  readonly byStatus: Readonly<Record<string, number>>
  /** Answers that said `Idempotent-Replayed`. */
  readonly replayedCount: number
  /** Answers of each server, in the order of the urls. */
  readonly byServer: readonly number[]
  readonly p50Ms: number
  readonly p99Ms: number
}

export interface Generator {
  /** Sends orders as fast as the answers come. Rejects if a request gets no answer, for any reason. */
  readonly press: (options: PressOptions) => Promise<Pressed>
  readonly pid: number
  readonly stop: () => Promise<void>
}

/** Longer than a server may take for an order, and short enough to notice a dead server. */
const answerWithinMs = 10_000
/** Bounds a press that ends by itself. */
const lapsWithinMs = 60_000

/** Starts the process that sends the orders: one for all figures, so that it is warm when the first is measured. */
export async function startGenerator(): Promise<Generator> {
  const child = await startOwnChild<PressPlan, PressCounts>(benchModule('load/generator-process'))
  return {
    pid: child.pid,
    stop: child.stop,
    press: async (options) => readCounts(await child.ask(planOf(options)), options),
  }
}

function planOf({ urls, connections, until, ...requests }: PressOptions): PressPlan {
  const ports = urls.map((url) => Number(new URL(url).port))
  const requestsOf = 'requestsOf' in requests ? requests.requestsOf : () => []
  return {
    connections: Array.from({ length: connections }, (_, i) => {
      const port = ports[i % ports.length]!
      return { port, requests: requestsOf(i).map((request) => httpText(request, port)) }
    }),
    ...('newBuyers' in requests && { newBuyers: requests.newBuyers }),
    ...('laps' in until ? { durationMs: lapsWithinMs, lapsMax: until.laps } : { durationMs: until.ms }),
    answerWithinMs,
    countedHeader: replayedHeader,
  }
}

function readCounts(counts: PressCounts, { urls }: PressOptions): Pressed {
  const { answersByStatus, answersByConnection, durations, failures } = counts
  const answerCount = sum(answersByConnection)
  const reasons = Object.entries(failures)
  if (reasons.length > 0) {
    const lostCount = sum(Object.values(failures))
    const why = reasons.map(([reason, count]) => `${reason} (${count})`).join(', ')
    throw new Error(`${lostCount} of ${answerCount + lostCount} requests got no answer: ${why}`)
  }
  return {
    perSecond: counts.answersInWindow / (counts.windowMs / 1_000),
    answerCount,
    byStatus: answersByStatus,
    replayedCount: counts.countedHeaders,
    byServer: urls.map((_, server) => sum(answersByConnection.filter((__, i) => i % urls.length === server))),
    p50Ms: percentileMs(durations, 0.5) ?? 0,
    p99Ms: percentileMs(durations, 0.99) ?? 0,
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0)
}
