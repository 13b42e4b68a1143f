import type { LiveSale } from './group-by-sale.ts'

/** What a sale has come to. */
export interface SaleSums {
  /** Units that were ordered, saved or not. */
  readonly sold: number
  readonly total: number
  /** `sold` as a part of `total`, 0 to 1. */
  readonly soldShare: number
  readonly valueCents: number
  /** The sale sells nothing more, and every unit is in exactly one place. */
  readonly isProven: boolean
}

/** Undefined while nothing is sold. */
export function sumsOf({ items, state, total, available, invariant }: LiveSale): SaleSums | undefined {
  const sold = total - available
  if (sold === 0) return undefined
  return {
    sold,
    total,
    soldShare: sold / total,
    valueCents: items.reduce((cents, item) => cents + item.priceCents * (item.total - item.available), 0),
    isProven: invariant === 'balanced' && (state === 'closed' || available === 0),
  }
}
