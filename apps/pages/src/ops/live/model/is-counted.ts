import type { Invariant } from '@flash-sale/contract/live'

/** Whether the ledger was read, so that the numbers of the item are those of its stores. */
export function isCounted(invariant: Invariant): boolean {
  return invariant !== 'unavailable' && invariant !== 'unreadable'
}
