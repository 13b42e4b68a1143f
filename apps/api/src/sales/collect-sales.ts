import type { SaleView } from '@flash-sale/contract/sales'
import { streamedItemsMax } from '@flash-sale/contract/sales-events'
import { findSales, readSales, type SaleRow } from '@flash-sale/database/sales'
import { answerWithin } from '@flash-sale/runtime/answer-within'
import { readRedisTime } from '@flash-sale/runtime/redis-time'
import type { ApiContext } from '../api-context.ts'
import { countWithin } from './count-within.ts'
import { viewSales } from './view-sale.ts'

export interface CollectedSales {
  /** By Redis' clock, in ms. Nothing in `sales` is older. */
  readonly atMs: number
  /** The sales that are on or to come, the newest first. */
  readonly sales: readonly SaleView[]
  /** Sales that were collected before and have ended since. */
  readonly ended: readonly SaleView[]
  readonly hasMore: boolean
}

/** Postgres is asked for new sales and changed ones in every fourth collection. The others read only the stock. */
const collectionsForAnAnswer = 4
const saleCountMax = 100
const storeAnswerMs = 1_500

interface Current {
  readonly rows: readonly SaleRow[]
  readonly hasMore: boolean
}

interface Found extends Current {
  /** What was in the rows before, and is not any more. */
  readonly ended: readonly SaleRow[]
}

/**
 * Collects the sales that are on or to come. Rejects if Redis does not answer. While Postgres does not answer the rows stay as they were,
 * since nobody can change a sale then. Collections must not overlap.
 */
export function createSalesCollector({
  stores: { database },
  readRedis: redis,
}: Pick<ApiContext, 'stores' | 'readRedis'>): () => Promise<CollectedSales> {
  let current: Current | undefined
  let collectionsLeft = 0
  let asking: Promise<Found> | undefined
  /** Sales that have ended and are in no collection yet. */
  let ended: readonly SaleRow[] = []

  async function ask(nowMs: number): Promise<Found> {
    const found = await findSales(database, { state: undefined, now: new Date(nowMs) }, undefined, saleCountMax + 1)
    const count = Math.min(countWithin(found, streamedItemsMax), saleCountMax)
    const foundIds = new Set(found.map(({ id }) => id))
    const goneIds = (current?.rows ?? []).map(({ id }) => id).filter((id) => !foundIds.has(id))
    const shownIds = found.slice(0, count).map(({ id }) => id)
    const rows = await readSales(database, [...shownIds, ...goneIds])
    const isShown = ({ id }: SaleRow) => shownIds.includes(id)
    return {
      rows: rows.filter(isShown),
      ended: rows.filter((row) => !isShown(row)),
      hasMore: found.length > count,
    }
  }

  /** The rows as Postgres gave them last. No second question is asked before the answer, since each holds a connection. */
  async function readRows(nowMs: number): Promise<Current> {
    collectionsLeft -= 1
    if (current && collectionsLeft > 0) return current
    asking ??= ask(nowMs).finally(() => (asking = undefined))
    try {
      const found = await answerWithin(asking, storeAnswerMs, 'Postgres')
      const newer = new Set([...found.rows, ...found.ended].map(({ id }) => id))
      ended = [...ended.filter(({ id }) => !newer.has(id)), ...found.ended]
      current = found
      collectionsLeft = collectionsForAnAnswer
      return current
    } catch (error) {
      if (!current) throw error
      return current
    }
  }

  return async () => {
    // A command for a Redis that is away would wait until Redis is back, but nobody waits for its answer.
    if (redis.status !== 'ready') throw new Error('Redis is away')
    const atMs = await answerWithin(readRedisTime(redis), storeAnswerMs, 'Redis')
    const { rows, hasMore } = await readRows(atMs)
    const views = await answerWithin(viewSales(redis, [...rows, ...ended]), storeAnswerMs, 'Redis')
    ended = []
    return { atMs, sales: views.slice(0, rows.length), ended: views.slice(rows.length), hasMore }
  }
}
