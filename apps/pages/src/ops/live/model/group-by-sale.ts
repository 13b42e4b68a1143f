import type { Invariant, LiveItem } from '@flash-sale/contract/live'
import type { SaleState } from '@flash-sale/contract/sales'
import { worstInvariant } from './worst-invariant.ts'

/** A sale, as its live items describe it. */
export interface LiveSale {
  readonly saleId: number
  readonly name: string
  readonly state: SaleState
  readonly opensAt: string
  readonly closesAt: string
  readonly items: readonly LiveItem[]
  /** Units of all items. */
  readonly total: number
  readonly available: number
  /** The worst of the items' lights. */
  readonly invariant: Invariant
}

/** The items by sale, in the order of the first item of each. */
export function groupBySale(items: readonly LiveItem[]): LiveSale[] {
  return [...bySale(items).values()].map(saleOf)
}

function saleOf(items: readonly LiveItem[]): LiveSale {
  const { saleId, saleName, state, opensAt, closesAt } = items[0]!
  const sum = (units: 'total' | 'available') => items.reduce((all, item) => all + item[units], 0)
  return {
    saleId,
    name: saleName,
    state,
    opensAt,
    closesAt,
    items,
    total: sum('total'),
    available: sum('available'),
    invariant: worstInvariant(items)!.invariant,
  }
}

function bySale(items: readonly LiveItem[]): Map<number, LiveItem[]> {
  const groups = new Map<number, LiveItem[]>()
  for (const item of items) {
    const group = groups.get(item.saleId)
    if (group) group.push(item)
    else groups.set(item.saleId, [item])
  }
  return groups
}
