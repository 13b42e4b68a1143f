import type { SaleView } from '@flash-sale/contract/sales'

/** The state of a sale for a buyer at this moment. */
export type SaleStage = 'before' | 'open' | 'paused' | 'over'

/**
 * The state of a sale now. The page may have read the sale seconds ago, so the clock decides whether it has opened or ended since. A page
 * that waited for the next reading would open late, and ten thousand pages that read at the opening would be a storm.
 */
export function saleStage({ state, opensAt, closesAt }: Omit<SaleView, 'items'>, nowMs: number): SaleStage {
  if (state === 'closed' || nowMs >= Date.parse(closesAt)) return 'over'
  if (state === 'paused') return 'paused'
  // A sale that the service calls open is open, even if this page's clock is a little behind.
  return state === 'open' || nowMs >= Date.parse(opensAt) ? 'open' : 'before'
}

/** The stage of a sale, or that it is sold out for now. */
export type SaleStanding = SaleStage | 'soldOut'

export function saleStanding(stage: SaleStage, items: SaleView['items']): SaleStanding {
  return stage === 'open' && items.every(({ available }) => available === 0) ? 'soldOut' : stage
}

const rank: Readonly<Record<SaleStanding, number>> = { open: 0, soldOut: 1, before: 2, paused: 3, over: 4 }

/** The sales in the order of a buyer's interest: open, sold out, not yet open (the next first), paused, over (the last first). */
export function salesByInterest(sales: readonly SaleView[], nowMs: number): SaleView[] {
  const staged = sales.map((sale) => ({ sale, stage: saleStanding(saleStage(sale, nowMs), sale.items) }))
  return staged
    .toSorted((a, b) => {
      if (a.stage !== b.stage) return rank[a.stage] - rank[b.stage]
      if (a.stage === 'before') return Date.parse(a.sale.opensAt) - Date.parse(b.sale.opensAt)
      if (a.stage === 'over') return Date.parse(b.sale.closesAt) - Date.parse(a.sale.closesAt)
      return b.sale.saleId - a.sale.saleId
    })
    .map(({ sale }) => sale)
}
