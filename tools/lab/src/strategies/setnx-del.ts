import { patiently } from './patiently.ts'
import type { Sell, Shop } from './strategy.ts'
import { takeOne } from './take-one.ts'

export function open(shop: Shop): Sell {
  const { redis, lock, waitMs, at } = shop
  return async () => {
    if (!(await patiently(waitMs, async () => (await redis.setnx(lock, 'taken')) === 1))) return 'gave up'
    await at('after it got the lock')
    try {
      return await takeOne(shop)
    } finally {
      await at('before it releases the lock')
      await redis.del(lock)
    }
  }
}
