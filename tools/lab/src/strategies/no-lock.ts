import type { Sell, Shop } from './strategy.ts'
import { takeOne } from './take-one.ts'

export function open(shop: Shop): Sell {
  return () => takeOne(shop)
}
