import type { SaleView } from '@flash-sale/contract/sales'

/** How a sale stands to a buyer at this moment. */
export type SaleStage = 'before' | 'open' | 'paused' | 'over'

/**
 * How a sale stands now. What was read of it may be seconds old, so the clock says whether it has opened or ended since: a page that
 * waited for the next reading would open late, and ten thousand that asked at the instant would be a storm.
 */
export function saleStage({ state, opensAt, closesAt }: Omit<SaleView, 'items'>, nowMs: number): SaleStage {
  if (state === 'closed' || nowMs >= Date.parse(closesAt)) return 'over'
  if (state === 'paused') return 'paused'
  // A sale that was read as open is open, even when this page's clock is a little behind.
  return state === 'open' || nowMs >= Date.parse(opensAt) ? 'open' : 'before'
}

/** What is said of a sale: a stage, or that there is nothing left of it for now. */
export type SaleStanding = SaleStage | 'soldOut'

export function saleStanding(stage: SaleStage, items: SaleView['items']): SaleStanding {
  return stage === 'open' && items.every(({ available }) => available === 0) ? 'soldOut' : stage
}

const rank: Readonly<Record<SaleStage, number>> = { open: 0, before: 1, paused: 2, over: 3 }

/** The sales in the order in which they interest a buyer: open, soon to open (the next first), paused, over (the last first). */
export function salesByInterest(sales: readonly SaleView[], nowMs: number): SaleView[] {
  const staged = sales.map((sale) => ({ sale, stage: saleStage(sale, nowMs) }))
  return staged
    .toSorted((a, b) => {
      if (a.stage !== b.stage) return rank[a.stage] - rank[b.stage]
      if (a.stage === 'before') return Date.parse(a.sale.opensAt) - Date.parse(b.sale.opensAt)
      if (a.stage === 'over') return Date.parse(b.sale.closesAt) - Date.parse(a.sale.closesAt)
      return b.sale.saleId - a.sale.saleId
    })
    .map(({ sale }) => sale)
}
