import type { LiveItem } from '@flash-sale/contract/live'
import type { LiveSale } from './group-by-sale.ts'

/** What a sale has come to. */
export interface SaleSums {
  /** Units of orders that hold them, saved or not. */
  readonly sold: number
  readonly total: number
  /** `sold` as a part of `total`, 0 to 1. */
  readonly soldShare: number
  readonly valueCents: number
  /** Undefined if the sale asks for no payment. */
  readonly paid: number | undefined
  /** Units of saved orders that wait for payment. */
  readonly unpaid: number
  /** Units of ended orders that are not on sale again yet. */
  readonly returning: number
  /** The sale sells nothing more, and every unit is in exactly one place. */
  readonly isProven: boolean
}

/** Undefined while nothing is sold, and while a ledger is lost or does not add up: then nobody knows what is sold. */
export function sumsOf({ items, state, total, available, invariant }: LiveSale): SaleSums | undefined {
  if (invariant === 'unavailable' || invariant === 'broken') return undefined
  const sum = (unitsOf: (item: LiveItem) => number) => items.reduce((units, item) => units + unitsOf(item), 0)
  const returning = sum(({ returningUnits }) => returningUnits)
  const sold = total - available - returning
  if (sold + returning === 0) return undefined
  return {
    sold,
    total,
    soldShare: sold / total,
    valueCents: sum((item) => item.priceCents * (item.total - item.available - item.returningUnits)),
    paid: items.some(({ asksForPayment }) => asksForPayment) ? sum(({ paidUnits }) => paidUnits) : undefined,
    unpaid: sum(({ asksForPayment, confirmedUnits }) => (asksForPayment ? confirmedUnits : 0)),
    returning,
    isProven: invariant === 'balanced' && (state === 'closed' || available === 0),
  }
}
