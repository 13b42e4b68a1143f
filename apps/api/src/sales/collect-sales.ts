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

/** How often Postgres is asked for new sales and changed ones, in ms. Between two answers only the stock is read. */
const askPostgresEveryMs = 900
const saleCountMax = 100
const storeAnswerMs = 1_500

interface Current {
  readonly rows: readonly SaleRow[]
  readonly ended: readonly SaleRow[]
  readonly hasMore: boolean
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
  let askedAtMs = -Infinity
  let asking: Promise<Current> | undefined

  async function ask(nowMs: number): Promise<Current> {
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

  /** The rows, at most a second old while Postgres answers. No second question is asked meanwhile, since each holds a connection. */
  async function readRows(nowMs: number): Promise<Current> {
    if (current && performance.now() - askedAtMs < askPostgresEveryMs) return { ...current, ended: [] }
    asking ??= ask(nowMs).finally(() => (asking = undefined))
    try {
      current = await answerWithin(asking, storeAnswerMs, 'Postgres')
      askedAtMs = performance.now()
      return current
    } catch (error) {
      if (!current) throw error
      return { ...current, ended: [] }
    }
  }

  return async () => {
    // A command for a Redis that is away would wait until Redis is back, but nobody waits for its answer.
    if (redis.status !== 'ready') throw new Error('Redis is away')
    const atMs = await answerWithin(readRedisTime(redis), storeAnswerMs, 'Redis')
    const { rows, ended, hasMore } = await readRows(atMs)
    const views = await answerWithin(viewSales(redis, [...rows, ...ended]), storeAnswerMs, 'Redis')
    return { atMs, sales: views.slice(0, rows.length), ended: views.slice(rows.length), hasMore }
  }
}
