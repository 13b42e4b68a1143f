import { patiently } from './patiently.ts'
import type { Sell, Shop } from './strategy.ts'
import { takeOne } from './take-one.ts'

export function open(shop: Shop): Sell {
  const { redis, lock, leaseMs, waitMs, at } = shop
  const tryLock = async () => (await redis.set(lock, 'taken', 'PX', leaseMs, 'NX')) === 'OK'

  return async () => {
    if (!(await patiently(waitMs, tryLock))) return 'gave up'
    await at('after it got the lock')
    try {
      return await takeOne(shop)
    } finally {
      await at('before it releases the lock')
      await redis.del(lock)
      await at('after it released the lock')
    }
  }
}
