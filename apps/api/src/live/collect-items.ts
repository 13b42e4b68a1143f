import { liveItemsMax, type LiveItem } from '@flash-sale/contract/live'
import { readLiveItems, type LiveItemRow } from '@flash-sale/database/live-items'
import { answerWithin } from '@flash-sale/runtime/answer-within'
import { readRedisTime } from '@flash-sale/runtime/redis-time'
import { itemLockName } from '@flash-sale/stock/ledger-keys'
import { readNewestEntryAtMs } from '@flash-sale/stock/outbox'
import { readLedgers, type LedgerView } from '@flash-sale/stock/read-ledger'
import type { ApiContext } from '../api-context.ts'
import { judgeLedger } from './judge-ledger.ts'
import { viewLiveItem } from './view-live-item.ts'

export interface CollectedItems {
  /** By Redis' clock, or by this process' clock if Redis does not answer. */
  readonly nowMs: number
  readonly items: LiveItem[]
}

/** Items stay in view this long after their sale closed. */
const shownAfterMs = 3_600_000
const storeAnswerMs = 1_500

type Ledger = LedgerView | 'NOT_LOADED'

/**
 * Collects the live items with one statement and one pipeline, plus a read for each item that is locked or just sold out. A suspicion of
 * an item is kept from one collection to the next, so collections must not overlap.
 */
export function createItemCollector({
  stores: { database, locks },
  readRedis: redis,
  unsettle,
}: Pick<ApiContext, 'stores' | 'readRedis' | 'unsettle'>): () => Promise<CollectedItems> {
  let suspicions = new Map<number, string>()
  let rows: LiveItemRow[] | undefined
  let asking: Promise<LiveItemRow[]> | undefined

  /** The question that Postgres has not answered yet. No other is asked meanwhile, since each holds a connection. */
  function askPostgres(): Promise<LiveItemRow[]> {
    const notOverBefore = new Date(Date.now() - shownAfterMs)
    asking ??= readLiveItems(database, notOverBefore, liveItemsMax).finally(() => (asking = undefined))
    return asking
  }

  /** The latest rows. `fresh` is false if Postgres does not answer and the rows are older. */
  async function readRows(): Promise<{ rows: LiveItemRow[]; fresh: boolean }> {
    try {
      rows = await answerWithin(askPostgres(), storeAnswerMs, 'Postgres')
      return { rows, fresh: true }
    } catch (error) {
      if (!rows) throw error
      return { rows, fresh: false }
    }
  }

  async function readRedis(itemIds: readonly number[]): Promise<{ nowMs: number; ledgers: Ledger[] }> {
    const away = { nowMs: Date.now(), ledgers: itemIds.map((): Ledger => 'NOT_LOADED') }
    // A command for a Redis that is away would wait until Redis is back, but nobody waits for its answer.
    if (redis.status !== 'ready') return away
    const asked = Promise.all([readRedisTime(redis), readLedgers(redis, itemIds)])
    const answer = await answerWithin(asked, storeAnswerMs, 'Redis').catch(() => undefined)
    if (!answer) return away
    const [nowMs, ledgers] = answer
    for (const [i, itemId] of itemIds.entries()) if (ledgers[i] === 'NOT_LOADED') unsettle(itemId)
    return { nowMs, ledgers }
  }

  /** Reads the facts that only a few items have, a few items at a time. */
  async function readDetails({ itemId }: LiveItemRow, ledger: Ledger) {
    if (redis.status !== 'ready') return {}
    const isLocked = ledger === 'NOT_LOADED' || ledger.lockedForMs !== undefined
    const isSellingOut = ledger !== 'NOT_LOADED' && ledger.available === 0 && ledger.outboxLength > 0
    const [holder, newestEntryAtMs] = await Promise.all([
      isLocked ? locks.holder(itemLockName(itemId)) : undefined,
      isSellingOut ? readNewestEntryAtMs(redis, itemId) : undefined,
    ])
    return { holder, newestEntryAtMs }
  }

  return async () => {
    // Rows are read first. Units sold in between are then missing in both numbers, but never counted twice.
    const { rows: current, fresh } = await readRows()
    const { nowMs, ledgers } = await readRedis(current.map(({ itemId }) => itemId))
    const reading = Promise.all(current.map((row, i) => readDetails(row, ledgers[i]!)))
    const details = await answerWithin(reading, storeAnswerMs, 'Redis').catch(() => [])
    const suspicionsNow = new Map<number, string>()
    const items = current.map((row, i) => {
      const judged = judgeLedger(row, ledgers[i]!, suspicions.get(row.itemId))
      if (judged.suspicion !== undefined) suspicionsNow.set(row.itemId, judged.suspicion)
      const judgement = fresh ? judged : ({ invariant: 'unavailable' } as const)
      return viewLiveItem({ row, ledger: ledgers[i]!, nowMs, judgement, ...details[i] })
    })
    suspicions = fresh ? suspicionsNow : new Map()
    return { nowMs, items }
  }
}
