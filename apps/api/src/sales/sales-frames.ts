import type { SaleView } from '@flash-sale/contract/sales'
import { salesEventNames, type AwayEvent, type SalesEvent, type StockEvent } from '@flash-sale/contract/sales-events'
import { eventOf } from '../live/event-streams.ts'
import type { CollectedSales } from './collect-sales.ts'

/** One frame in its two forms, each made once for all listeners. */
export interface SalesFrame {
  /** What changed, for a listener that has the frame before. */
  readonly changes: Buffer
  /** Everything, for a listener that has not. */
  readonly whole: () => Buffer
}

/** `STOCK`: only numbers changed. `URGENT`: a sale changed, or an item was sold out or has units again. */
export type News = 'NONE' | 'STOCK' | 'URGENT'

export interface SalesFrames {
  /** Takes a collection. Returns how urgently the listeners should be told of it. */
  take(collected: CollectedSales): News
  /** The frame from what was told before to the latest collection, which counts as told from now on. */
  next(): SalesFrame
  /** Everything that was told, as the first event of a listener. Undefined if nothing was told, or if the stores are away. */
  whole(): Buffer | undefined
  /** The frame that tells that the stores do not answer. After it everything is news. `nowMs` is by this process' clock. */
  away(nowMs: number): SalesFrame
}

/** Compares what is collected with what was told, and makes frames of the difference. */
export function createSalesFrames(): SalesFrames {
  let told: Tellable | undefined
  let latest: Tellable | undefined
  /** Sales that ended since listeners were told the last time. */
  let ended: readonly SaleView[] = []

  return {
    take(collected) {
      latest = tellableOf(collected)
      ended = [...ended, ...collected.ended]
      const news = newsOf(told, latest, ended)
      // Listeners that come now get the newer time of the same numbers.
      if (news === 'NONE') told = latest
      return news
    },
    next() {
      const now = latest!
      const sales = [...changedSales(told, now), ...ended]
      // A sale that is sent whole brings its stock.
      const sentIds = new Set(sales.flatMap(({ items }) => items.map(({ itemId }) => itemId)))
      const available = Object.fromEntries(changedStock(told, now).filter(([itemId]) => !sentIds.has(itemId)))
      const events: Buffer[] = []
      if (sales.length > 0 || told?.listText !== now.listText) events.push(salesEventOf(now, sales))
      if (Object.keys(available).length > 0) {
        events.push(eventOf(salesEventNames.stock, { at: momentOf(now.atMs), available } satisfies StockEvent))
      }
      told = now
      ended = []
      return { changes: Buffer.concat(events), whole: now.whole }
    },
    whole: () => told?.whole(),
    away(nowMs) {
      told = undefined
      const event = eventOf(salesEventNames.away, { at: momentOf(nowMs) } satisfies AwayEvent)
      return { changes: event, whole: () => event }
    },
  }
}

/** A collection, prepared for comparing. */
interface Tellable extends CollectedSales {
  readonly saleTexts: ReadonlyMap<number, string>
  readonly listText: string
  readonly available: ReadonlyMap<number, number>
  readonly whole: () => Buffer
}

function tellableOf(collected: CollectedSales): Tellable {
  const { sales, hasMore } = collected
  let whole: Buffer | undefined
  return {
    ...collected,
    saleTexts: new Map(sales.map((sale) => [sale.saleId, textOf(sale)])),
    listText: `${sales.map(({ saleId }) => saleId).join()} ${hasMore}`,
    available: new Map(
      sales.flatMap(({ items }) => items.map(({ itemId, available }) => [itemId, available] as const)),
    ),
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

function newsOf(told: Tellable | undefined, now: Tellable, ended: readonly SaleView[]): News {
  const isUrgent = ended.length > 0 || told?.listText !== now.listText || changedSales(told, now).length > 0
  if (isUrgent) return 'URGENT'
  const changes = changedStock(told, now)
  const isTurned = ([itemId, units]: StockChange) => (units === 0) !== (told?.available.get(itemId) === 0)
  if (changes.some(isTurned)) return 'URGENT'
  return changes.length > 0 ? 'STOCK' : 'NONE'
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
