import type { Redis } from 'ioredis'
import type { Sell, Shop } from './strategy.ts'

export function open({ redis, connect, stock, orders, waitMs, at }: Shop): Sell {
  // WATCH belongs to a connection, so each sale needs one for itself.
  const idle: Redis[] = [redis]
  return async (buyer) => {
    const own = idle.pop() ?? connect()
    try {
      const until = performance.now() + waitMs
      while (performance.now() < until) {
        await own.watch(stock)
        const units = Number(await own.get(stock))
        await at('after it read the stock')
        if (units < 1) {
          // The connection goes back to the others, and must not keep watching.
          await own.unwatch()
          return 'sold out'
        }
        // If the stock was written since WATCH, nothing happens and the answer is null.
        const done = await own
          .multi()
          .set(stock, units - 1)
          .rpush(orders, buyer)
          .exec()
        await at('after it wrote the stock')
        if (done !== null) return 'sold'
      }
      return 'gave up'
    } finally {
      idle.push(own)
    }
  }
}
