import { randomUUID } from 'node:crypto'
import { patiently } from './patiently.ts'
import type { Sell, Shop } from './strategy.ts'
import { takeOne } from './take-one.ts'

export function open(shop: Shop): Sell {
  const { redis, lock, leaseMs, waitMs, at } = shop
  return async () => {
    const token = randomUUID()
    const tryLock = async () => (await redis.set(lock, token, 'PX', leaseMs, 'NX')) === 'OK'
    if (!(await patiently(waitMs, tryLock))) return 'gave up'
    await at('after it got the lock')
    try {
      return await takeOne(shop)
    } finally {
      await at('before it releases the lock')
      if ((await redis.get(lock)) === token) {
        await at('after it found its own token')
        await redis.del(lock)
        await at('after it released the lock')
      }
    }
  }
}
