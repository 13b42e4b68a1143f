import type { Invariant } from '@flash-sale/contract/live'
import { isCounted } from './is-counted.ts'

/** Units that can be ordered, and whether they add up. */
export interface CountedStock {
  readonly available: number
  /** Undefined: the live view does not have the item, or has not come yet. */
  readonly invariant: Invariant | undefined
}

/** Whether no unit is left. Nobody can say so of a ledger that is lost, cannot be read, or does not add up. */
export function isSoldOut({ available, invariant }: CountedStock): boolean {
  return available === 0 && invariant !== undefined && isCounted(invariant) && invariant !== 'broken'
}
