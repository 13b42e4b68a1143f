import type { Redis } from 'ioredis'
import type { Outcome, Sell, Shop } from './strategy.ts'

export function open({ connect, stock, orders, waitMs, at }: Shop): Sell {
  // WATCH belongs to a connection, so each sale needs one for itself. A client that connects again by itself
  // would send MULTI on a connection on which nothing is watched.
  const idle: Redis[] = []

  async function sellOn(own: Redis, buyer: string): Promise<Outcome | 'again'> {
    await own.watch(stock)
    const units = Number(await own.get(stock))
    await at('after it read the stock')
    if (units < 1) {
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
    return done === null ? 'again' : 'sold'
  }

  return async (buyer) => {
    const until = performance.now() + waitMs
    while (performance.now() < until) {
      const own = idle.pop() ?? connect({ reconnects: false })
      try {
        const outcome = await sellOn(own, buyer)
        idle.push(own)
        if (outcome !== 'again') return outcome
      } catch (error) {
        // If the connection is lost, start again on a new one. A real shop asks first whether its EXEC was done.
        if (own.status === 'ready') throw error
      }
    }
    return 'gave up'
  }
}
