import type { ItemView, SaleState, SaleView } from '@flash-sale/contract/sales'
import type { SaleRow } from '@flash-sale/database/sales'
import { readLedger, type LedgerView } from '@flash-sale/stock/read-ledger'
import type { Stores } from '@flash-sale/upkeep/hold-item'

/** A sale with its live stock. What is open follows from Redis' clock, which is the one that judges orders. */
export async function viewSale({ redis }: Pick<Stores, 'redis'>, sale: SaleRow): Promise<SaleView> {
  const ledgers = await Promise.all(sale.items.map((item) => readLedger(redis, item.id)))
  const loaded = ledgers.find((ledger) => ledger !== 'NOT_LOADED')
  const state = stateAt(sale, loaded?.nowMs ?? Date.now())
  const shared = { state, opensAt: sale.opensAt.toISOString(), closesAt: sale.closesAt.toISOString() }
  const items = sale.items.map((item, i) => viewItem(sale, item, ledgers[i]!, shared))
  const { id: saleId, name, duplicateWindowMs } = sale
  return { saleId, name, ...shared, ...(duplicateWindowMs > 0 && { duplicateWindowMs }), items }
}

function viewItem(
  sale: SaleRow,
  item: SaleRow['items'][number],
  ledger: LedgerView | 'NOT_LOADED',
  shared: Pick<ItemView, 'state' | 'opensAt' | 'closesAt'>,
): ItemView {
  const { id: itemId, sku, name, priceCents, total, purchaseLimit } = item
  // While a ledger is being made anew nothing can be ordered; what Postgres counts is then the nearest thing to show.
  const available = ledger === 'NOT_LOADED' ? total - item.persisted : ledger.available
  return { itemId, saleId: sale.id, sku, name, priceCents, total, available, purchaseLimit, ...shared }
}

/** What a sale's stored state and window come to at a moment, in ms by Redis' clock. */
export function stateAt(sale: Pick<SaleRow, 'state' | 'opensAt' | 'closesAt'>, nowMs: number): SaleState {
  if (sale.state === 'closed' || nowMs >= sale.closesAt.getTime()) return 'closed'
  if (sale.state === 'paused') return 'paused'
  return nowMs < sale.opensAt.getTime() ? 'scheduled' : 'open'
}
