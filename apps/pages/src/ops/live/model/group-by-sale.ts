import type { LiveItem } from '@flash-sale/contract/live'
import type { SaleState } from '@flash-sale/contract/sales'

/** A sale, as its live items describe it. */
export interface LiveSale {
  readonly saleId: number
  readonly name: string
  readonly state: SaleState
  readonly opensAt: string
  readonly closesAt: string
  readonly items: readonly LiveItem[]
}

const order: Record<SaleState, number> = { open: 0, paused: 1, scheduled: 2, closed: 3 }

/** The items by sale: open sales first (newest first), then scheduled ones (soonest first), then closed ones (newest first). */
export function groupBySale(items: readonly LiveItem[]): LiveSale[] {
  const groups = new Map<number, LiveItem[]>()
  for (const item of items) {
    const group = groups.get(item.saleId)
    if (group) group.push(item)
    else groups.set(item.saleId, [item])
  }
  return [...groups.values()].map(saleOf).toSorted((one, other) => {
    const byState = order[one.state] - order[other.state]
    if (byState !== 0) return byState
    const byOpening = Date.parse(one.opensAt) - Date.parse(other.opensAt) || one.saleId - other.saleId
    return one.state === 'scheduled' ? byOpening : -byOpening
  })
}

function saleOf(items: readonly LiveItem[]): LiveSale {
  const { saleId, saleName, state, opensAt, closesAt } = items[0]!
  return { saleId, name: saleName, state, opensAt, closesAt, items }
}
