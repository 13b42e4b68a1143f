import type { SaleStory } from '@flash-sale/contract/sale-story'
import type { SaleAct, SellingStretch } from '@flash-sale/database/sale-story'

interface StretchedItem {
  readonly itemId: number
  /** Units now, restocks included. */
  readonly total: number
  /** Units that can still be ordered. */
  readonly available: number
}

/** The time in which something was sold: idle time before a restock, and after it until the next order, is left out. In ms. */
export function sellingMsOf(stretches: readonly Pick<SellingStretch, 'firstAt' | 'lastAt'>[]): number {
  return stretches.reduce((sum, { firstAt, lastAt }) => sum + lastAt.getTime() - firstAt.getTime(), 0)
}

/**
 * When each item was sold out, as far as the stores tell: now, or at a restock if the orders until then that still stand held every unit.
 * `stretches` are those of single items, the earliest first.
 */
export function soldOutTimes(
  items: readonly StretchedItem[],
  stretches: readonly SellingStretch[],
  restocks: readonly Pick<SaleAct, 'itemId' | 'units'>[],
): SaleStory['soldOut'] {
  return items.flatMap(({ itemId, total, available }) => {
    const own = stretches.filter((stretch) => stretch.itemId === itemId)
    const found: SaleStory['soldOut'] = []
    for (const [i, { stretch, lastAt }] of own.entries()) {
      const until = own.slice(0, i + 1)
      const isLast = i === own.length - 1
      const held = until.reduce((sum, { units }) => sum + units, 0)
      // The next restock of this very item, if there is one before its next order.
      const nextStretch = own[i + 1]?.stretch ?? restocks.length
      const isRestocked = restocks.slice(stretch, nextStretch).some((restock) => restock.itemId === itemId)
      const addedLater = restocks
        .slice(stretch)
        .reduce((sum, restock) => sum + (restock.itemId === itemId ? restock.units : 0), 0)
      const isSoldOut = isRestocked ? held === total - addedLater : isLast && available === 0
      if (isSoldOut) found.push({ itemId, at: lastAt.toISOString(), sellingMs: sellingMsOf(until) })
    }
    return found
  })
}
