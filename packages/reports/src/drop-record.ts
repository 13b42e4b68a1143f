import type { OrderTotal } from '@flash-sale/contract/order-outcomes'
import { readLuaScript, runLuaScript } from '@flash-sale/runtime/lua-script'
import type { Redis } from 'ioredis'
import type { CountedDrop } from './drop-counts.ts'
import { createDurationBuckets } from './process-report-durations.ts'

/** What the API processes counted of an item's orders. */
export interface DropRecord {
  /** When the sale first sold; undefined if it has not sold yet. In ms. */
  readonly fromMs: number | undefined
  /** How long each bucket is. In ms. */
  readonly widthMs: number
  /** Orders by outcome, in buckets that begin `fromMs + bucket * widthMs`. Buckets without an order are left out. The oldest first. */
  readonly buckets: readonly DropBucket[]
  /** Orders by outcome that came before the record began or after the sale: their time is not kept. */
  readonly aside: DropBucket['outcomes']
  /** How long the orders of the buckets took to answer, in the buckets of process-report-durations.ts. */
  readonly durations: readonly number[]
}

export interface DropBucket {
  readonly bucket: number
  readonly outcomes: Partial<Record<OrderTotal, number>>
}

/** A note is one process' counts of about a second. `number` rises with each note of the process. */
export interface DropNote {
  readonly process: string
  readonly number: number
  readonly counted: CountedDrop
}

/** A chart is not wider than some hundred points. With each outcome that occurs it is 20 to 50 kB an item. */
export const bucketsMax = 240
/** The story of a sale can be told so long after it last sold. In ms. */
const keptMs = 7 * 24 * 3_600_000
/** The ledger refuses so while the sale is open, also when nothing is left: it looks at the buyer's limit first. */
const openTotals: readonly OrderTotal[] = ['refused:LIMIT_REACHED', 'refused:SOLD_OUT']

const script = readLuaScript('reports:note-drop', 1, new URL('../src/note-drop.lua', import.meta.url))

/** Adds a note to the item's record. Safe to repeat. Rejects if it is not known whether the note was added. */
export async function noteDrop(redis: Redis, itemId: number, note: DropNote, limits = { bucketsMax }): Promise<void> {
  const { process, number, counted } = note
  const args = [process, number, limits.bucketsMax, keptMs]
  const counts = [JSON.stringify(counted.outcomes), JSON.stringify(counted.durations)]
  await runLuaScript(redis, script, [recordKey(itemId)], [...args, ...counts, standingOf(counted.outcomes)])
}

/**
 * What the outcomes say of the sale, as note-drop.lua takes it. An order days before the opening, after the end or after the last unit must
 * not widen the buckets.
 */
function standingOf(outcomes: CountedDrop['outcomes']): 'sells' | 'refuses' | 'pauses' | '' {
  if (outcomes.accepted !== undefined) return 'sells'
  if (openTotals.some((total) => outcomes[total] !== undefined)) return 'refuses'
  return outcomes['refused:SALE_PAUSED'] === undefined ? '' : 'pauses'
}

/** The records of these items; undefined for an item without a counted order. */
export async function readDropRecords(redis: Redis, itemIds: readonly number[]): Promise<(DropRecord | undefined)[]> {
  const pipeline = redis.pipeline()
  for (const itemId of itemIds) pipeline.hgetall(recordKey(itemId))
  const replies = (await pipeline.exec()) ?? []
  return replies.map(([error, fields]) => {
    if (error) throw error
    return parseRecord(fields as Record<string, string>)
  })
}

function parseRecord(fields: Record<string, string>): DropRecord | undefined {
  if (Object.keys(fields).length === 0) return undefined
  const buckets = new Map<number, DropBucket['outcomes']>()
  const aside: DropBucket['outcomes'] = {}
  const durations = createDurationBuckets()
  for (const [field, value] of Object.entries(fields)) {
    const [place = '', ...names] = field.split(':')
    const name = names.join(':')
    if (place === 'all') durations[Number(name)] = Number(value)
    if (place === 'aside') aside[name as OrderTotal] = Number(value)
    if (!/^\d+$/.test(place)) continue
    const outcomes = buckets.get(Number(place)) ?? {}
    outcomes[name as OrderTotal] = Number(value)
    buckets.set(Number(place), outcomes)
  }
  return {
    fromMs: fields['from'] === undefined ? undefined : Number(fields['from']),
    widthMs: Number(fields['width'] ?? 0),
    buckets: [...buckets].toSorted(([one], [other]) => one - other).map(([bucket, outcomes]) => ({ bucket, outcomes })),
    aside,
    durations,
  }
}

/** In the hash slot of the process reports. */
function recordKey(itemId: number): string {
  return `{flash-sale}:drop:${itemId}`
}
