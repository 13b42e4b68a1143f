import { liveItemsMax, storeNames, type LiveItem, type StoreName } from '@flash-sale/contract/live'
import { countPaidUnits, readLiveItems, type LiveItemRow } from '@flash-sale/database/live-items'
import { answerWithin } from '@flash-sale/runtime/answer-within'
import { readRedisTime } from '@flash-sale/runtime/redis-time'
import { itemLockName } from '@flash-sale/stock/ledger-keys'
import { readNewestEntryAtMs } from '@flash-sale/stock/outbox'
import { readLedgers, type LedgerView } from '@flash-sale/stock/read-ledger'
import type { ApiContext } from '../api-context.ts'
import { judgeLedger } from './judge-ledger.ts'
import { createPacedReading } from './paced-reading.ts'
import { viewLiveItem } from './view-live-item.ts'

export interface CollectedItems {
  /** By Redis' clock, also while Redis does not answer. */
  readonly nowMs: number
  readonly isRedisRead: boolean
  readonly items: LiveItem[]
}

/** Items stay in view this long after their sale closed. */
const shownAfterMs = 3_600_000
const storeAnswerMs = 1_500
/** A question that Postgres has left open is waited for this long again, so that the numbers of Redis stay live. */
const openQuestionMs = 250
const paidEveryMs = 1_000

type Ledger = LedgerView | 'NOT_LOADED'

/** A reading of a store, and when it was made. `isFresh` is false if the store does not answer now and the reading is older. */
interface Reading<Value> {
  readonly value: Value
  readonly atMs: number
  readonly isFresh: boolean
}

/**
 * Collects the live items with one statement and one pipeline, plus a read for each item that is locked or just sold out. While a store
 * does not answer, its last reading stands. A suspicion of an item is kept from one collection to the next, so collections must not overlap.
 */
export function createItemCollector({
  stores: { database, locks },
  readRedis: redis,
  unsettle,
}: Pick<ApiContext, 'stores' | 'readRedis' | 'unsettle'>): () => Promise<CollectedItems> {
  let suspicions = new Map<number, string>()
  let rows: Reading<LiveItemRow[]> | undefined
  let ledgers: Reading<ReadonlyMap<number, Ledger>> = { value: new Map(), atMs: Date.now(), isFresh: false }
  let asking: Promise<LiveItemRow[]> | undefined
  /** Redis' clock at a moment of this process' own, in ms. */
  let clock = { redisMs: Date.now(), ownMs: performance.now() }

  const paid = createPacedReading(paidEveryMs, async () => {
    const itemIds = rows?.value.filter(({ asksForPayment }) => asksForPayment).map(({ itemId }) => itemId) ?? []
    return itemIds.length === 0 ? new Map<number, number>() : countPaidUnits(database, itemIds)
  })

  const nowMs = () => Math.round(clock.redisMs + performance.now() - clock.ownMs)

  /** The question that Postgres has not answered yet. No other is asked meanwhile, since each holds a connection. */
  function askPostgres(): Promise<LiveItemRow[]> {
    const notOverBefore = new Date(Date.now() - shownAfterMs)
    asking ??= readLiveItems(database, notOverBefore, liveItemsMax).finally(() => (asking = undefined))
    return asking
  }

  async function readRows(): Promise<Reading<LiveItemRow[]>> {
    const waitMs = rows && asking ? openQuestionMs : storeAnswerMs
    try {
      const value = await answerWithin(askPostgres(), waitMs, 'Postgres')
      return (rows = { value, atMs: nowMs(), isFresh: true })
    } catch (error) {
      if (!rows) throw error
      return (rows = { ...rows, isFresh: false })
    }
  }

  async function readRedis(itemIds: readonly number[]): Promise<typeof ledgers> {
    const old = (ledgers = { ...ledgers, isFresh: false })
    // A command for a Redis that is away would wait until Redis is back, but nobody waits for its answer.
    if (redis.status !== 'ready') return old
    const asked = Promise.all([readRedisTime(redis), readLedgers(redis, itemIds)])
    const answer = await answerWithin(asked, storeAnswerMs, 'Redis').catch(() => undefined)
    if (!answer) return old
    const [redisMs, read] = answer
    clock = { redisMs, ownMs: performance.now() }
    for (const [i, itemId] of itemIds.entries()) if (read[i] === 'NOT_LOADED') unsettle(itemId)
    const value = new Map(itemIds.map((itemId, i) => [itemId, read[i]!]))
    return (ledgers = { value, atMs: redisMs, isFresh: true })
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
    const ofPostgres = await readRows()
    paid.look()
    const ofRedis = await readRedis(ofPostgres.value.map(({ itemId }) => itemId))
    const ledgerOf = ({ itemId }: LiveItemRow): Ledger => ofRedis.value.get(itemId) ?? 'NOT_LOADED'
    const reading = ofRedis.isFresh ? ofPostgres.value.map((row) => readDetails(row, ledgerOf(row))) : []
    const details = await answerWithin(Promise.all(reading), storeAnswerMs, 'Redis').catch(() => [])
    const unread = unreadOf({ redis: ofRedis, postgres: ofPostgres })
    const suspicionsNow = new Map<number, string>()
    const items = ofPostgres.value.map((row, i) => {
      const judged = judgeLedger(row, ledgerOf(row), suspicions.get(row.itemId))
      if (judged.suspicion !== undefined) suspicionsNow.set(row.itemId, judged.suspicion)
      const judgement = unread ? ({ invariant: 'unreadable' } as const) : judged
      const paidUnits = paid.last?.get(row.itemId) ?? 0
      return viewLiveItem({ row, ledger: ledgerOf(row), nowMs: nowMs(), judgement, paidUnits, unread, ...details[i] })
    })
    suspicions = unread ? new Map() : suspicionsNow
    return { nowMs: nowMs(), isRedisRead: ofRedis.isFresh, items }
  }
}

function unreadOf(readings: Readonly<Record<StoreName, Reading<unknown>>>): LiveItem['unread'] {
  const stores = storeNames.filter((name) => !readings[name].isFresh)
  if (stores.length === 0) return undefined
  return { stores, readAt: new Date(Math.min(...stores.map((name) => readings[name].atMs))).toISOString() }
}
