import type { LiveItem, StoreName } from '@flash-sale/contract/live'

const stockParts = ['paid', 'confirmed', 'returning', 'outbox', 'available'] as const
export type StockPart = (typeof stockParts)[number]

/** The name of a part: confirmed orders of a sale that asks for payment wait for it. */
export type StockName = StockPart | 'unpaid'

export function nameOf(part: StockPart, { asksForPayment }: LiveItem): StockName {
  return part === 'confirmed' && asksForPayment ? 'unpaid' : part
}

/** The parts to show, from paid to available. A sale that takes no payment has no paid units, and units seldom come back. */
export function partsOf({ asksForPayment, paidUnits, returningUnits }: LiveItem): readonly StockPart[] {
  const isShown = { paid: asksForPayment || paidUnits > 0, returning: asksForPayment || returningUnits > 0 }
  return stockParts.filter((part) => (part === 'paid' || part === 'returning' ? isShown[part] : true))
}

/** The stores from which the number of each part follows. */
export const storesOf: Readonly<Record<StockPart, readonly StoreName[]>> = {
  paid: ['postgres'],
  confirmed: ['postgres'],
  returning: ['redis', 'postgres'],
  outbox: ['redis', 'postgres'],
  available: ['redis'],
}

/** The item's units by place, from paid to available. */
export function unitsOf(item: LiveItem): Record<StockPart, number> {
  return {
    paid: item.paidUnits,
    confirmed: item.confirmedUnits,
    returning: item.returningUnits,
    outbox: item.outboxUnits,
    available: item.available,
  }
}
