import type { LiveItem } from '@flash-sale/contract/live'

/** How fast an item was taken of late. */
export interface Pace {
  readonly total: number
  /** What was available at which moment (ms), oldest first. */
  readonly readings: readonly (readonly [atMs: number, available: number])[]
}

export type Paces = ReadonlyMap<number, Pace>

const windowMs = 10_000
/** A pace of less than this is a guess. */
const leastMs = 2_000

/** The paces with one more reading of each item. A restock begins anew; items that are gone are forgotten. */
export function notePaces(paces: Paces, items: readonly LiveItem[], atMs: number): Paces {
  return new Map(
    items.map(({ itemId, total, available }) => {
      const before = paces.get(itemId)
      const readings = before?.total === total ? before.readings.filter(([at]) => at > atMs - windowMs) : []
      return [itemId, { total, readings: [...readings, [atMs, available] as const] }]
    }),
  )
}

/** How long the item lasts at its pace, in ms; undefined where the pace says nothing. */
export function lastsMs(pace: Pace | undefined): number | undefined {
  const first = pace?.readings[0]
  const last = pace?.readings.at(-1)
  if (!first || !last || last[0] - first[0] < leastMs) return undefined
  const taken = first[1] - last[1]
  if (taken <= 0 || last[1] === 0) return undefined
  return (last[1] * (last[0] - first[0])) / taken
}
