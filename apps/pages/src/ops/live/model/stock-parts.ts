import type { LiveItem } from '@flash-sale/contract/live'

export const stockParts = ['paid', 'confirmed', 'outbox', 'available'] as const
export type StockPart = (typeof stockParts)[number]

/** Where the item's units are, from what is done to what is left. */
export function unitsOf(item: LiveItem): Record<StockPart, number> {
  return {
    paid: item.paidUnits,
    confirmed: item.confirmedUnits,
    outbox: item.outboxUnits,
    available: item.available,
  }
}
