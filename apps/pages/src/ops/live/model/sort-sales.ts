import { outboxAgeTargetMs } from '@flash-sale/contract/live'
import type { LiveSale } from './group-by-sale.ts'

/** A sale that opens within this is opening soon. In ms. */
const soonMs = 15 * 60_000

/**
 * The sales in the order in which they need an eye: first those that sell now or are in trouble, then those that open soon, then the others
 * that are open or paused, then those that open later, and last the closed ones. `busyItemIds` sold something in the last seconds.
 */
export function sortSales(sales: readonly LiveSale[], busyItemIds: ReadonlySet<number>, nowMs: number): LiveSale[] {
  const ranks = new Map(sales.map((sale) => [sale.saleId, rankOf(sale, busyItemIds, nowMs)]))
  return sales.toSorted((one, other) => {
    const byRank = ranks.get(one.saleId)! - ranks.get(other.saleId)!
    if (byRank !== 0) return byRank
    const byOpening = Date.parse(one.opensAt) - Date.parse(other.opensAt) || one.saleId - other.saleId
    // What comes is sorted by what comes soonest, and what began by what began last.
    return one.state === 'scheduled' ? byOpening : -byOpening
  })
}

function rankOf(sale: LiveSale, busyItemIds: ReadonlySet<number>, nowMs: number): number {
  const { state, items, opensAt } = sale
  if (isInTrouble(sale)) return 0
  if (state === 'open' && items.some(({ itemId }) => busyItemIds.has(itemId))) return 0
  if (state === 'scheduled') return Date.parse(opensAt) - nowMs < soonMs ? 1 : 4
  if (state === 'closed') return 5
  return state === 'open' ? 2 : 3
}

/** Units do not add up, orders are refused for want of a ledger, or orders wait too long to be saved: then nothing may sell any more. */
function isInTrouble({ state, invariant, items }: LiveSale): boolean {
  if (invariant === 'broken' || (state === 'open' && invariant === 'unavailable')) return true
  return items.some(({ oldestOutboxAgeMs }) => oldestOutboxAgeMs > outboxAgeTargetMs)
}

/** The sales that the text names: by their name or number, or by the name, SKU or number of an item. An empty text names all. */
export function filterSales(sales: readonly LiveSale[], text: string): readonly LiveSale[] {
  const wanted = text.trim().toLowerCase()
  if (wanted === '') return sales
  const matches = (words: string) => words.toLowerCase().includes(wanted)
  return sales.filter(
    ({ saleId, name, items }) =>
      matches(name) ||
      String(saleId) === wanted ||
      items.some((item) => matches(item.name) || matches(item.sku) || String(item.itemId) === wanted),
  )
}
