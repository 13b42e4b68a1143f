import type { LiveItem, StoreName } from '@flash-sale/contract/live'

const stockParts = ['paid', 'confirmed', 'outbox', 'available'] as const
export type StockPart = (typeof stockParts)[number]

/** The parts to show, from paid to available. A sale that takes no payment has no paid units. */
export function partsOf({ paidUnits }: LiveItem): readonly StockPart[] {
  return paidUnits > 0 ? stockParts : stockParts.filter((part) => part !== 'paid')
}

/** The stores from which the number of each part follows. */
export const storesOf: Readonly<Record<StockPart, readonly StoreName[]>> = {
  paid: ['postgres'],
  confirmed: ['postgres'],
  outbox: ['redis', 'postgres'],
  available: ['redis'],
}

/** The item's units by place, from paid to available. */
export function unitsOf(item: LiveItem): Record<StockPart, number> {
  return {
    paid: item.paidUnits,
    confirmed: item.confirmedUnits,
    outbox: item.outboxUnits,
    available: item.available,
  }
}
