import type { Sell, Shop } from '../../strategies/strategy.ts'

/** Tells its buyers that they have one, and forgets to write down the first order. */
export function open({ redis, stock, orders }: Shop): Sell {
  return async (buyer) => {
    const left = await redis.decr(stock)
    if (left < 0) {
      await redis.incr(stock)
      return 'sold out'
    }
    if (left !== 9) await redis.rpush(orders, buyer)
    return 'sold'
  }
}
