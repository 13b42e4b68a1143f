import type { AskedOrders, SaleDrop } from '@flash-sale/contract/sale-story'
import { outcomeNames, refusalCodes, refusedTotal, totalOf, type OrderTotal } from '@flash-sale/contract/order-outcomes'
import type { DropRecord } from '@flash-sale/reports/drop-record'
import { createDurationBuckets, percentileMs } from '@flash-sale/reports/process-report-durations'

type Counts = Partial<Record<OrderTotal, number>>

const totals = [...new Set(outcomeNames.map(totalOf))]

/** The counts of a sale over time, from the records of its items. Undefined if there is no record. */
export interface MergedRecord {
  readonly fromMs: number
  readonly widthMs: number
  /** One for each `widthMs` from `fromMs` on, without gaps. */
  readonly counts: readonly Counts[]
  readonly durations: readonly number[]
}

/** Adds the records of a sale's items. All widths are a second times a power of two, so the widest fits them all. */
export function mergeRecords(records: readonly DropRecord[]): MergedRecord | undefined {
  if (records.length === 0) return undefined
  const fromMs = Math.min(...records.map((record) => record.fromMs))
  const widthMs = Math.max(...records.map((record) => record.widthMs))
  const counts: Counts[] = []
  const durations = createDurationBuckets()
  for (const record of records) {
    for (const { bucket, outcomes } of record.buckets) {
      const place = Math.floor((record.fromMs + bucket * record.widthMs - fromMs) / widthMs)
      while (counts.length <= place) counts.push({})
      add(counts[place]!, outcomes)
    }
    record.durations.forEach((count, i) => (durations[i]! += count))
  }
  return { fromMs, widthMs, counts, durations }
}

/** All orders that were counted. `storedOrders` are in Postgres: an order that was stored was asked for. */
export function sumOfRecord({ fromMs, counts, durations }: MergedRecord, storedOrders: number): AskedOrders {
  const sum: Counts = {}
  for (const each of counts) add(sum, each)
  const { accepted, replayed, refused } = viewCounts(sum)
  return {
    since: new Date(fromMs).toISOString(),
    isComplete: accepted >= storedOrders,
    accepted,
    replayed,
    refused,
    p50Ms: rounded(percentileMs(durations, 0.5)),
    p99Ms: rounded(percentileMs(durations, 0.99)),
  }
}

/** The points of the charts. The newest one ends now at the latest. */
export function pointsOfRecord({ fromMs, widthMs, counts }: MergedRecord, nowMs: number): SaleDrop['points'] {
  return counts.map((each, i) => {
    const atMs = fromMs + i * widthMs
    const coveredMs = i === counts.length - 1 ? Math.min(widthMs, nowMs - atMs) : widthMs
    return { at: new Date(atMs).toISOString(), seconds: Math.max(1_000, coveredMs) / 1_000, ...viewCounts(each) }
  })
}

function viewCounts(counts: Counts): Pick<SaleDrop['points'][number], 'accepted' | 'replayed' | 'refused'> {
  const refused: SaleDrop['points'][number]['refused'] = {}
  for (const code of refusalCodes) {
    const count = counts[refusedTotal(code)]
    if (count) refused[code] = count
  }
  return { accepted: counts.accepted ?? 0, replayed: counts.replayed ?? 0, refused }
}

function add(sum: Counts, counts: Counts): void {
  for (const name of totals) if (counts[name]) sum[name] = (sum[name] ?? 0) + counts[name]
}

function rounded(ms: number | null): number | null {
  return ms === null ? null : Math.round(ms * 100) / 100
}
