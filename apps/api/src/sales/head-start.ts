import type { ItemView, SaleView } from '@flash-sale/contract/sales'
import type { CollectedSales } from './collect-sales.ts'

/** What was collected, as listeners may hear of it. */
export interface HeardSales {
  /** What everybody hears: an item in its head start is sold out. */
  readonly everybody: CollectedSales
  /** Units, by item id, of the items in their head start. Only listeners that asked to hear of the item first hear of them. */
  readonly early: ReadonlyMap<number, number>
  /** An item has units again, and its head start waits until listeners can be told. */
  readonly isWaiting: boolean
}

export interface HeadStart {
  /** Takes a collection. A head start begins only if `canTell`, so that telling takes nothing of it. */
  take(collected: CollectedSales, canTell: boolean): HeardSales
  /** The sales as everybody hears of them now. They are as they are while nobody follows the sales at this process. */
  asTold(sales: readonly SaleView[]): readonly SaleView[]
}

/** Buyers who asked to be told hear of returned units this much before the others. Enough to look at the page and press. In ms. */
export const headStartMs = 2_000
/** The stores answer sooner, even in a process that gets a quarter of its core. What was collected before says nothing any more. In ms. */
const knownForMs = 5_000

/** `SOLD_OUT`: also while units wait for their head start. */
type Held = 'SOLD_OUT' | { readonly untilMs: number }

/**
 * Gives those who asked a head start when a sold-out item has units again. Of an item that was never seen sold out everybody hears at once.
 * `now` is a clock that never goes back, in ms.
 */
export function createHeadStart(now = () => performance.now()): HeadStart {
  let held: ReadonlyMap<number, Held> = new Map()
  let takenAtMs = -Infinity

  function isKnown(nowMs: number): boolean {
    return nowMs - takenAtMs <= knownForMs
  }

  function hide(sales: readonly SaleView[], nowMs: number): readonly SaleView[] {
    const isHeld = ({ itemId }: ItemView) => {
      const standing = held.get(itemId)
      return standing !== undefined && (standing === 'SOLD_OUT' || nowMs < standing.untilMs)
    }
    return sales.map((sale) => {
      if (sale.state === 'closed' || !sale.items.some(isHeld)) return sale
      return { ...sale, items: sale.items.map((item) => (isHeld(item) ? { ...item, available: 0 } : item)) }
    })
  }

  return {
    take(collected, canTell) {
      const nowMs = now()
      const before = isKnown(nowMs) ? held : new Map<number, Held>()
      const holding = new Map<number, Held>()
      const early = new Map<number, number>()
      let isWaiting = false
      for (const item of collected.sales.flatMap(({ items }) => items)) {
        const standing = standingOf(item, before.get(item.itemId), nowMs, canTell)
        if (standing) holding.set(item.itemId, standing)
        if (standing === 'SOLD_OUT') isWaiting ||= item.state === 'open' && item.available > 0
        else if (standing) early.set(item.itemId, item.available)
      }
      held = holding
      takenAtMs = nowMs
      return { everybody: { ...collected, sales: hide(collected.sales, nowMs) }, early, isWaiting }
    },
    asTold(sales) {
      const nowMs = now()
      return isKnown(nowMs) ? hide(sales, nowMs) : sales
    },
  }
}

/** Undefined: everybody hears of the units. */
function standingOf(
  { available, state }: ItemView,
  before: Held | undefined,
  nowMs: number,
  canTell: boolean,
): Held | undefined {
  if (available === 0) return 'SOLD_OUT'
  if (before === undefined) return undefined
  // Nobody can order now, so the head start waits until the sale goes on.
  if (state === 'paused') return 'SOLD_OUT'
  if (state !== 'open') return undefined
  if (before === 'SOLD_OUT') return canTell ? { untilMs: nowMs + headStartMs } : 'SOLD_OUT'
  return nowMs < before.untilMs ? before : undefined
}
