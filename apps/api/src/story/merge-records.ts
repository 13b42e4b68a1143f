import type { AskedOrders, SaleDrop } from '@flash-sale/contract/sale-story'
import {
  outcomeNames,
  refusalCodes,
  refusals,
  refusedTotal,
  totalOf,
  type OrderTotal,
} from '@flash-sale/contract/order-outcomes'
import { bucketsMax, type DropRecord } from '@flash-sale/reports/drop-record'
import { createDurationBuckets, percentileMs } from '@flash-sale/reports/process-report-durations'

type Counts = Partial<Record<OrderTotal, number>>
type BegunRecord = DropRecord & { readonly fromMs: number }

const totals = [...new Set(outcomeNames.map(totalOf))]

/**
 * All orders that the records of a sale's items have. `storedOrders`: orders in Postgres that a client placed; undefined while it is not
 * known whether all of them were stored and counted.
 */
export function sumOfRecords(records: readonly DropRecord[], storedOrders: number | undefined): AskedOrders {
  const sum: Counts = {}
  const durations = createDurationBuckets()
  for (const record of records) {
    add(sum, record.aside)
    for (const { outcomes } of record.buckets) add(sum, outcomes)
    record.durations.forEach((count, i) => (durations[i]! += count))
  }
  const viewed = viewCounts(sum)
  return {
    ...(storedOrders !== undefined && { isComplete: storedMax(viewed) >= storedOrders }),
    ...viewed,
    p50Ms: rounded(percentileMs(durations, 0.5)),
    p99Ms: rounded(percentileMs(durations, 0.99)),
  }
}

/** So many orders can have been stored: those that were accepted, and those of which the answer did not say. */
function storedMax({ accepted, refused }: Pick<AskedOrders, 'accepted' | 'refused'>): number {
  return refusalCodes.reduce((sum, code) => sum + (refusals.get(code)?.isDefinite ? 0 : (refused[code] ?? 0)), accepted)
}

/**
 * The points of the charts, without gaps. All widths are a second times a power of two; the points are as wide as the widest
 * record, or wider, since records that begin days apart would make too many points. The newest one ends now at the latest.
 */
export function pointsOfRecords(records: readonly DropRecord[], nowMs: number): SaleDrop['points'] {
  const begun = records.filter((record): record is BegunRecord => record.fromMs !== undefined)
  if (begun.length === 0) return []
  const fromMs = Math.min(...begun.map((record) => record.fromMs))
  const lastMs = Math.max(...begun.map((record) => beginOf(record, record.buckets.at(-1)?.bucket ?? 0)))
  let widthMs = Math.max(...begun.map((record) => record.widthMs))
  while ((lastMs - fromMs) / widthMs >= bucketsMax) widthMs *= 2
  const counts: Counts[] = Array.from({ length: Math.floor((lastMs - fromMs) / widthMs) + 1 }, () => ({}))
  for (const record of begun) {
    for (const { bucket, outcomes } of record.buckets) {
      add(counts[Math.floor((beginOf(record, bucket) - fromMs) / widthMs)]!, outcomes)
    }
  }
  return counts.map((each, i) => {
    const atMs = fromMs + i * widthMs
    const coveredMs = i === counts.length - 1 ? Math.min(widthMs, nowMs - atMs) : widthMs
    return { at: new Date(atMs).toISOString(), seconds: Math.max(1_000, coveredMs) / 1_000, ...viewCounts(each) }
  })
}

function beginOf({ fromMs, widthMs }: BegunRecord, bucket: number): number {
  return fromMs + bucket * widthMs
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
