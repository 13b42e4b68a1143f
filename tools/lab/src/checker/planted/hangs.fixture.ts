import type { Sell } from '../../strategies/strategy.ts'

/** Never answers. */
export function open(): Sell {
  return () => new Promise(() => undefined)
}
