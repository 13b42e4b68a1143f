import type { Sell, Shop } from '../../strategies/strategy.ts'

/** Sells to its buyers, but does not record the first order. */
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
