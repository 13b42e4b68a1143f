/** Recent readings of an item's stock, from which its pace of selling follows. */
export interface Pace {
  readonly total: number
  /** Available units at moments (ms), the oldest first. */
  readonly readings: readonly (readonly [atMs: number, available: number])[]
}

/** What is on sale, and what is left of it. */
interface Stock {
  readonly itemId: number
  readonly total: number
  readonly available: number
}

export type Paces = ReadonlyMap<number, Pace>

const windowMs = 10_000
/** A shorter span of readings gives only a guess. */
const leastMs = 2_000

/** Adds a reading of each item. A restock starts the item's pace anew. Items that are gone are dropped. */
export function notePaces(paces: Paces, items: readonly Stock[], atMs: number): Paces {
  return new Map(
    items.map(({ itemId, total, available }) => {
      const before = paces.get(itemId)
      const readings = before?.total === total ? before.readings.filter(([at]) => at > atMs - windowMs) : []
      return [itemId, { total, readings: [...readings, [atMs, available] as const] }]
    }),
  )
}

/** Whether the item sold something within the window. */
export function isSelling({ readings }: Pace): boolean {
  return readings.length > 0 && readings[0]![1] > readings.at(-1)![1]
}

/** The units that were taken, per second. Undefined if the readings are too few. */
export function unitsPerSecond(pace: Pace | undefined): number | undefined {
  const first = pace?.readings[0]
  const last = pace?.readings.at(-1)
  if (!first || !last || last[0] - first[0] < leastMs) return undefined
  return (1_000 * Math.max(0, first[1] - last[1])) / (last[0] - first[0])
}

/** Units a second. Below it, one buyer in a while would be told as a rush. */
const rushMin = 1

/** How fast units go, while they go fast: units a second, and the time in ms until all are gone if it is known. Undefined otherwise. */
export function rushOf(pace: Pace | undefined): { readonly perSecond: number; readonly leftMs?: number } | undefined {
  const perSecond = unitsPerSecond(pace)
  if (perSecond === undefined || perSecond < rushMin) return undefined
  const leftMs = lastsMs(pace)
  return { perSecond, ...(leftMs !== undefined && { leftMs }) }
}

/** The time until the item is sold out at its pace, in ms. Undefined if the pace is unknown. */
export function lastsMs(pace: Pace | undefined): number | undefined {
  const first = pace?.readings[0]
  const last = pace?.readings.at(-1)
  if (!first || !last || last[0] - first[0] < leastMs) return undefined
  const taken = first[1] - last[1]
  if (taken <= 0 || last[1] === 0) return undefined
  return (last[1] * (last[0] - first[0])) / taken
}
