import type { LiveSale } from './group-by-sale.ts'

/** The live sale, if the live view has all its `itemCount` items. The live view has the newest items, so it may have only some of a sale. */
export function wholeSale(live: LiveSale | undefined, itemCount: number): LiveSale | undefined {
  return live?.items.length === itemCount ? live : undefined
}
