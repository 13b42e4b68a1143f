import type { LiveItem } from '@flash-sale/contract/live'

export const stockParts = ['paid', 'confirmed', 'outbox', 'available'] as const
export type StockPart = (typeof stockParts)[number]

/** The item's units by place, from paid to available. */
export function unitsOf(item: LiveItem): Record<StockPart, number> {
  return {
    paid: item.paidUnits,
    confirmed: item.confirmedUnits,
    outbox: item.outboxUnits,
    available: item.available,
  }
}
