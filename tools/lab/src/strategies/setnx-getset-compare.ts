import { patiently } from './patiently.ts'
import type { Sell, Shop } from './strategy.ts'
import { takeOne } from './take-one.ts'

export function open(shop: Shop): Sell {
  const { redis, lock, leaseMs, waitMs, at } = shop

  /** Takes the lock as setnx-getset.ts does. Returns the time at which the lock ends, or undefined. */
  async function tryLock(): Promise<number | undefined> {
    const mine = Date.now() + leaseMs
    if ((await redis.setnx(lock, mine)) === 1) return mine
    const endsAt = await redis.get(lock)
    if (endsAt === null || Number(endsAt) > Date.now()) return undefined
    return (await redis.getset(lock, mine)) === endsAt ? mine : undefined
  }

  return async () => {
    let endsAt: number | undefined
    if (!(await patiently(waitMs, async () => (endsAt = await tryLock()) !== undefined))) return 'gave up'
    await at('after it got the lock')
    try {
      return await takeOne(shop)
    } finally {
      await at('before it releases the lock')
      // After that time the lock may be another's, so it is left alone.
      if (Date.now() < endsAt!) {
        await at('after it compared the time')
        await redis.del(lock)
        await at('after it released the lock')
      }
    }
  }
}
