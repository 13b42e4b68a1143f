import type { FoundSale } from '@flash-sale/database/sales'

/** The number of sales, from the first on, that together have this many items; all sales if they have fewer. */
export function countWithin(sales: readonly FoundSale[], itemCountMax: number): number {
  let itemCount = 0
  const last = sales.findIndex((sale) => (itemCount += sale.itemCount) >= itemCountMax)
  return last === -1 ? sales.length : last + 1
}
