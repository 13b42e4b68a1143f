import type { Sell } from '../../strategies/strategy.ts'

/** Tells everybody that it is sold out. */
export function open(): Sell {
  return async () => 'sold out'
}
