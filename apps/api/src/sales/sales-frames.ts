import type { SaleView } from '@flash-sale/contract/sales'
import { salesEventNames, type AwayEvent, type SalesEvent } from '@flash-sale/contract/sales-events'
import { eventOf } from '../live/event-streams.ts'
import type { CollectedSales } from './collect-sales.ts'
import { newsOf, stockEventsOf, type SalesNews, type Units } from './sales-news.ts'

/** `STOCK`: only numbers changed. `URGENT`: a sale changed, or an item was sold out or has units again. */
export type Urgency = 'NONE' | 'STOCK' | 'URGENT'

export interface SalesFrames {
  /**
   * Takes a collection, as everybody hears of it, and units that only some hear of (`early`, by item id). Returns how urgently the listeners
   * should be told.
   */
  take(collected: CollectedSales, early?: Units): Urgency
  /** The news from what was told before to the latest collection, which counts as told from now on. */
  next(): SalesNews
  /**
   * Everything that was told, as the first event of a listener that hears first of the items `first`. Undefined if nothing was told, or if
   * the stores are away.
   */
  whole(first?: readonly number[]): Buffer | undefined
  /** The news that the stores do not answer. After it everything is news. `nowMs` is by this process' clock. */
  away(nowMs: number): SalesNews
}

const nothing = Buffer.alloc(0)

/** Compares what is collected with what was told, and makes frames of the difference. */
export function createSalesFrames(): SalesFrames {
  let told: Tellable | undefined
  /** Brings a new listener to what was told. */
  let toldNews: SalesNews | undefined
  let latest: Tellable | undefined
  /** Sales that ended since listeners were told the last time. */
  let ended: readonly SaleView[] = []

  return {
    take(collected, early = new Map()) {
      latest = tellableOf(collected, early)
      ended = [...ended, ...collected.ended]
      const urgency = urgencyOf(told, latest, ended)
      if (urgency === 'NONE') {
        // Listeners that come now get the newer time of the same numbers.
        told = latest
        toldNews = newsOf({ changes: nothing, whole: latest.whole }, latest.atMs, latest.early, latest.early)
      }
      return urgency
    },
    next() {
      const now = latest!
      const sales = [...changedSales(told, now), ...ended]
      // A sale that is sent whole brings its stock.
      const sentIds = new Set(sales.flatMap(({ items }) => items.map(({ itemId }) => itemId)))
      const stockIds = changedStock(told, now).map(([itemId]) => itemId)
      const events = stockEventsOf(
        now.atMs,
        stockIds.filter((itemId) => !sentIds.has(itemId)),
        now.available,
      )
      if (sales.length > 0 || told?.listText !== now.listText) events.unshift(salesEventOf(now, sales))
      const early = earlyUnits(told, now)
      told = now
      ended = []
      toldNews = newsOf({ changes: Buffer.concat(events), whole: now.whole }, now.atMs, early, now.early)
      return toldNews
    },
    whole: (first = []) => (toldNews?.for(first) ?? toldNews)?.whole(),
    away(nowMs) {
      told = undefined
      toldNews = undefined
      const event = eventOf(salesEventNames.away, { at: momentOf(nowMs) } satisfies AwayEvent)
      return newsOf({ changes: event, whole: () => event }, nowMs, new Map(), new Map())
    },
  }
}

/** A collection, prepared for comparing. */
interface Tellable extends CollectedSales {
  readonly saleTexts: ReadonlyMap<number, string>
  readonly listText: string
  readonly available: Units
  /** Only some hear of these units. `available` has none of them. */
  readonly early: Units
  readonly whole: () => Buffer
}

function tellableOf(collected: CollectedSales, early: Units): Tellable {
  const { sales, hasMore } = collected
  let whole: Buffer | undefined
  return {
    ...collected,
    saleTexts: new Map(sales.map((sale) => [sale.saleId, textOf(sale)])),
    listText: `${sales.map(({ saleId }) => saleId).join()} ${hasMore}`,
    available: new Map(
      sales.flatMap(({ items }) => items.map(({ itemId, available }) => [itemId, available] as const)),
    ),
    early,
    whole: () => (whole ??= salesEventOf(collected, [...sales, ...collected.ended])),
  }
}

/**
 * The sale without its stock. Opening and end are left out too: the pages see them by the clock, and telling ten thousand pages at the
 * opening would slow the orders of that moment.
 */
function textOf({ items, ...sale }: SaleView): string {
  const still = items.map(({ available: _available, state: _state, ...item }) => item)
  return JSON.stringify({ ...sale, state: sale.state === 'paused' ? 'paused' : 'on', items: still })
}

function urgencyOf(told: Tellable | undefined, now: Tellable, ended: readonly SaleView[]): Urgency {
  const isUrgent = ended.length > 0 || told?.listText !== now.listText || changedSales(told, now).length > 0
  if (isUrgent) return 'URGENT'
  const changes = changedStock(told, now)
  const isTurned = ([itemId, units]: StockChange) => (units === 0) !== (told?.available.get(itemId) === 0)
  if (changes.some(isTurned)) return 'URGENT'
  // Those who hear first hear too that the units are gone again.
  const early = [...earlyUnits(told, now)].filter(([itemId, units]) => told?.early.get(itemId) !== units)
  if (early.some(([itemId, units]) => units === 0 || !told?.early.has(itemId))) return 'URGENT'
  return changes.length + early.length > 0 ? 'STOCK' : 'NONE'
}

/**
 * What those who hear first are told beside the frame of everybody: units that only they hear of, also unchanged ones, since a sale in the
 * frame has none of them; and what is left of units that they were told of before.
 */
function earlyUnits(told: Tellable | undefined, now: Tellable): Units {
  const itemIds = new Set([...(told?.early.keys() ?? []), ...now.early.keys()])
  const unitsOf = (itemId: number) => now.early.get(itemId) ?? now.available.get(itemId)
  return new Map(
    [...itemIds].flatMap((itemId) => {
      const units = unitsOf(itemId)
      return units === undefined ? [] : [[itemId, units] as const]
    }),
  )
}

function changedSales(told: Tellable | undefined, now: Tellable): SaleView[] {
  return now.sales.filter(({ saleId }) => told?.saleTexts.get(saleId) !== now.saleTexts.get(saleId))
}

type StockChange = readonly [itemId: number, units: number]

function changedStock(told: Tellable | undefined, now: Tellable): StockChange[] {
  return [...now.available].filter(([itemId, units]) => told?.available.get(itemId) !== units)
}

function salesEventOf({ atMs, sales: current, hasMore }: CollectedSales, sales: readonly SaleView[]): Buffer {
  const saleIds = current.map(({ saleId }) => saleId)
  return eventOf(salesEventNames.sales, {
    at: momentOf(atMs),
    saleIds,
    hasMore,
    sales: [...sales],
  } satisfies SalesEvent)
}

function momentOf(ms: number): string {
  return new Date(ms).toISOString()
}
