import type { SaleState } from '@flash-sale/contract/sales'
import { isSoldOut, type CountedStock } from './is-sold-out.ts'

export type SaleStanding = SaleState | 'soldOut'

/** The state of a sale for people: a sale that is open and has no unit left is sold out. */
export function saleStanding(state: SaleState, stock: CountedStock): SaleStanding {
  return state === 'open' && isSoldOut(stock) ? 'soldOut' : state
}
