import type { LiveItem } from '@flash-sale/contract/live'

/** An item on sale of which nothing is sold yet. `given` replaces single fields. */
export function liveItem(given: Partial<LiveItem> = {}): LiveItem {
  return {
    itemId: 1,
    saleId: 1,
    saleName: 'Drop',
    sku: 'A',
    name: 'One',
    priceCents: 100,
    purchaseLimit: 1,
    state: 'open',
    opensAt: '2026-11-22T10:00:00.000Z',
    closesAt: '2026-11-22T11:00:00.000Z',
    total: 100,
    available: 100,
    outboxUnits: 0,
    confirmedUnits: 0,
    paidUnits: 0,
    returningUnits: 0,
    asksForPayment: false,
    oldestOutboxAgeMs: 0,
    invariant: 'balanced',
    ...given,
  }
}
