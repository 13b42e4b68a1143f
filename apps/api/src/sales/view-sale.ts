import type { ItemView, SaleState, SaleView } from '@flash-sale/contract/sales'
import type { SaleRow } from '@flash-sale/database/sales'
import { readRedisTime } from '@flash-sale/runtime/redis-time'
import { readLedgers, type LedgerView } from '@flash-sale/stock/read-ledger'
import type { Redis } from 'ioredis'

type Ledger = LedgerView | 'NOT_LOADED'

/** A sale with its live stock. */
export async function viewSale({ redis }: { readonly redis: Redis }, sale: SaleRow): Promise<SaleView> {
  const [view] = await viewSales(redis, [sale])
  return view!
}

/** Ledgers in one pipeline. They take a few milliseconds of Redis and of this process. */
const ledgersAtOnce = 250

/**
 * Sales with their live stock. Ledgers are read in pipelines. Redis' clock decides which sales are open, since it judges orders too.
 * Ledgers of settled items are not read, since Postgres has their final numbers.
 */
export async function viewSales(redis: Redis, sales: readonly SaleRow[]): Promise<SaleView[]> {
  const itemIds = sales.flatMap(({ items }) => items.filter(({ settledAt }) => !settledAt).map(({ id }) => id))
  const ledgers = new Map<number, Ledger>()
  for (let i = 0; i < itemIds.length; i += ledgersAtOnce) {
    const chunk = itemIds.slice(i, i + ledgersAtOnce)
    const read = await readLedgers(redis, chunk)
    for (const [n, itemId] of chunk.entries()) ledgers.set(itemId, read[n]!)
  }
  const nowMs = await readRedisTime(redis)
  return sales.map((sale) => viewAt(sale, ledgers, nowMs))
}

function viewAt(sale: SaleRow, ledgers: ReadonlyMap<number, Ledger>, nowMs: number): SaleView {
  const state = stateAt(sale, nowMs)
  const shared = { state, opensAt: sale.opensAt.toISOString(), closesAt: sale.closesAt.toISOString() }
  const items = sale.items.map((item) => viewItem(sale, item, ledgers.get(item.id) ?? 'NOT_LOADED', shared))
  const { id: saleId, name, duplicateWindowMs, payWithinSeconds, currency } = sale
  const payment = { ...(payWithinSeconds !== null && { payWithinSeconds }), ...(currency !== null && { currency }) }
  return { saleId, name, ...shared, ...(duplicateWindowMs > 0 && { duplicateWindowMs }), ...payment, items }
}

function viewItem(
  sale: SaleRow,
  item: SaleRow['items'][number],
  ledger: Ledger,
  shared: Pick<ItemView, 'state' | 'opensAt' | 'closesAt'>,
): ItemView {
  const { id: itemId, sku, name, priceCents, total, purchaseLimit } = item
  // Nothing can be ordered while a ledger is being rebuilt. The stock that Postgres counts is the nearest number to show.
  const available = ledger === 'NOT_LOADED' ? total - item.persisted : ledger.available
  const money = { priceCents, ...(sale.currency !== null && { currency: sale.currency }) }
  return { itemId, saleId: sale.id, sku, name, ...money, total, available, purchaseLimit, ...shared }
}

/** The state of a sale at a moment (ms by Redis' clock), from its stored state and its window. */
export function stateAt(sale: Pick<SaleRow, 'state' | 'opensAt' | 'closesAt'>, nowMs: number): SaleState {
  if (sale.state === 'closed' || nowMs >= sale.closesAt.getTime()) return 'closed'
  if (sale.state === 'paused') return 'paused'
  return nowMs < sale.opensAt.getTime() ? 'scheduled' : 'open'
}
