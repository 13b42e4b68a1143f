import type { ItemRow } from '@flash-sale/database/items'
import type { Amiss } from './find-amiss.ts'

/** An item with which a sweep found something amiss. */
export interface Suspect {
  readonly item: ItemRow
  readonly amiss: Exclude<Amiss, null>
}

/** From so many units on, a rebuild may take longer than a moment. */
const largeUnitsMin = 20_000
/** Below so many units, a rebuild takes about as long as that of an item that sold nothing. */
const smallUnits = 1_000

export function isLarge({ item }: Suspect): boolean {
  return item.persisted >= largeUnitsMin
}

/** 0: on sale, 1: sold out, 2: opens soon, 3: over. Buyers need an item of a lower stage more. */
export function stageOf({ item }: Suspect, nowMs: number): number {
  const { state, opensAtMs, closesAtMs, persisted, total } = item
  if (state === 'closed' || closesAtMs <= nowMs) return 3
  if (opensAtMs > nowMs) return 2
  return persisted < total ? 0 : 1
}

/**
 * Orders suspects by stage. Of one stage the small ones come first, which are mended sooner, and of these the ones that sold something: their
 * buyers wait. Each worker has a salt of its own, and goes its own way through items of about one size, so that several workers share them.
 */
export function byUrgency(salt: number, nowMs: number): (a: Suspect, b: Suspect) => number {
  return (a, b) =>
    stageOf(a, nowMs) - stageOf(b, nowMs) ||
    sizeOf(a.item) - sizeOf(b.item) ||
    demandOf(b.item) - demandOf(a.item) ||
    placeOf(a.item, salt) - placeOf(b.item, salt)
}

function sizeOf({ persisted }: ItemRow): number {
  return Math.floor(Math.log2(persisted / smallUnits + 1))
}

function demandOf({ persisted }: ItemRow): number {
  return persisted > 0 ? 1 : 0
}

function placeOf({ itemId }: ItemRow, salt: number): number {
  return Math.imul(itemId ^ salt, 0x9e3779b1) >>> 0
}
