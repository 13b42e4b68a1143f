import { salesEventNames, type StockEvent } from '@flash-sale/contract/sales-events'
import { eventOf } from '../live/event-streams.ts'

/** One frame in its two forms, each made once for all listeners. */
export interface SalesFrame {
  /** What changed, for a listener that has the frame before. */
  readonly changes: Buffer
  /** Everything, for a listener that has not. */
  readonly whole: () => Buffer
}

/** A frame, as each listener gets it. */
export interface SalesNews extends SalesFrame {
  /** The frame of a listener that hears first of the items `first`; undefined if nothing changed for it. */
  readonly for: (first: readonly number[]) => SalesFrame | undefined
}

/** Units by item id. */
export type Units = ReadonlyMap<number, number>

/**
 * The news of a frame, and of `changed`: units that only listeners hear of who hear first of the item. `early`: those of them that are still
 * to be heard of afterwards. Listeners that hear first of the same of these items share one frame.
 */
export function newsOf(everybody: SalesFrame, atMs: number, changed: Units, early: Units): SalesNews {
  const frames = new Map<string, SalesFrame>()
  const forEverybody = everybody.changes.length > 0 ? everybody : undefined
  return {
    ...everybody,
    for(first) {
      if (first.length === 0 || changed.size === 0) return forEverybody
      const own = first.filter((itemId) => changed.has(itemId))
      if (own.length === 0) return forEverybody
      const key = own.join()
      let frame = frames.get(key)
      if (!frame) frames.set(key, (frame = withEarly(everybody, own, atMs, changed, early)))
      return frame
    },
  }
}

function withEarly(
  everybody: SalesFrame,
  own: readonly number[],
  atMs: number,
  changed: Units,
  early: Units,
): SalesFrame {
  let whole: Buffer | undefined
  return {
    changes: Buffer.concat([everybody.changes, ...stockEventsOf(atMs, own, changed)]),
    whole: () => (whole ??= Buffer.concat([everybody.whole(), ...stockEventsOf(atMs, own, early)])),
  }
}

/** The event `stock` of these items, if their units are known of any. */
export function stockEventsOf(atMs: number, itemIds: Iterable<number>, units: Units): Buffer[] {
  const known = [...itemIds].filter((itemId) => units.has(itemId))
  if (known.length === 0) return []
  const available = Object.fromEntries(known.map((itemId) => [itemId, units.get(itemId)!]))
  return [eventOf(salesEventNames.stock, { at: new Date(atMs).toISOString(), available } satisfies StockEvent)]
}
