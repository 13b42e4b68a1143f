import type { Invariant } from '@flash-sale/contract/live'
import type { SaleState } from '@flash-sale/contract/sales'
import { isCounted } from './is-counted.ts'

export type SaleStanding = SaleState | 'soldOut'

/** The state of a sale for people: a sale that is open and has no unit left is sold out, unless its ledger cannot tell. */
export function saleStanding(
  state: SaleState,
  { available, invariant = 'balanced' }: { readonly available: number; readonly invariant?: Invariant },
): SaleStanding {
  return state === 'open' && available === 0 && isCounted(invariant) ? 'soldOut' : state
}
