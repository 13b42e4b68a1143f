import type { Sell, Shop } from '../../strategies/strategy.ts'

/** Sells one unit twice: every other sale takes nothing from the stock. */
export function open({ redis, stock, at }: Shop): Sell {
  let sales = 0
  return async () => {
    await at('after it read the stock')
    if (Number(await redis.get(stock)) < 1) return 'sold out'
    sales += 1
    if (sales % 2 === 0) await redis.decr(stock)
    return 'sold'
  }
}
