import { patiently } from './patiently.ts'
import type { Sell, Shop } from './strategy.ts'
import { takeOne } from './take-one.ts'

export function open(shop: Shop): Sell {
  const { redis, lock, leaseMs, waitMs, at } = shop

  /** If several processes find the lock old, only the first gets the old time back from GETSET. */
  async function tryLock(): Promise<boolean> {
    if ((await redis.setnx(lock, Date.now() + leaseMs)) === 1) return true
    const endsAt = await redis.get(lock)
    if (endsAt === null || Number(endsAt) > Date.now()) return false
    return (await redis.getset(lock, Date.now() + leaseMs)) === endsAt
  }

  return async () => {
    if (!(await patiently(waitMs, tryLock))) return 'gave up'
    await at('after it got the lock')
    try {
      return await takeOne(shop)
    } finally {
      await at('before it releases the lock')
      await redis.del(lock)
    }
  }
}
