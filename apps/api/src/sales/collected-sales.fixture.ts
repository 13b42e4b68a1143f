import type { ItemView, SaleView } from '@flash-sale/contract/sales'
import type { CollectedSales } from './collect-sales.ts'

const times = { opensAt: '2026-11-26T10:00:00.000Z', closesAt: '2026-11-26T11:00:00.000Z' }

/** A sale of one item, whose id is ten times the sale's. */
export function saleOf(saleId: number, available: number, changes: Partial<SaleView> = {}): SaleView {
  const state = changes.state ?? 'open'
  const item: ItemView = {
    itemId: saleId * 10,
    saleId,
    sku: 'LAMP',
    name: 'Lamp',
    priceCents: 100,
    total: 10,
    available,
    purchaseLimit: 2,
    state,
    ...times,
  }
  return { saleId, name: 'Drop', state, ...times, items: [item], ...changes }
}

export function collected(sales: readonly SaleView[], more: Partial<CollectedSales> = {}): CollectedSales {
  return { atMs: Date.parse('2026-11-26T10:30:00Z'), sales, ended: [], hasMore: false, ...more }
}
