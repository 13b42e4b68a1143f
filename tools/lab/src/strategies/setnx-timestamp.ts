import { patiently } from './patiently.ts'
import type { Sell, Shop } from './strategy.ts'
import { takeOne } from './take-one.ts'

export function open(shop: Shop): Sell {
  const { redis, lock, leaseMs, waitMs, at } = shop

  /** The value of the lock is the time at which it ends. A process that finds it old deletes it, and sets it. */
  async function tryLock(): Promise<boolean> {
    if ((await redis.setnx(lock, Date.now() + leaseMs)) === 1) return true
    const endsAt = await redis.get(lock)
    if (endsAt === null || Number(endsAt) > Date.now()) return false
    await at('after it found the lock old')
    await redis.del(lock)
    return (await redis.setnx(lock, Date.now() + leaseMs)) === 1
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
