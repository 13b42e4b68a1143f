import { randomUUID } from 'node:crypto'
import { patiently } from './patiently.ts'
import type { Sell, Shop } from './strategy.ts'
import { takeOne } from './take-one.ts'

const deleteIfMine = `if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0`
const extendIfMine = `if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('PEXPIRE', KEYS[1], ARGV[2]) end return 0`

export function open(shop: Shop): Sell {
  const { redis, lock, leaseMs, waitMs, at } = shop
  return async () => {
    const token = randomUUID()
    const tryLock = async () => (await redis.set(lock, token, 'PX', leaseMs, 'NX')) === 'OK'
    if (!(await patiently(waitMs, tryLock))) return 'gave up'
    // The watchdog renews the lease, so that it does not end before the work.
    const extend = () => void redis.eval(extendIfMine, 1, lock, token, leaseMs).catch(() => undefined)
    const watchdog = setInterval(extend, leaseMs / 3)
    await at('after it got the lock')
    try {
      return await takeOne(shop)
    } finally {
      clearInterval(watchdog)
      await at('before it releases the lock')
      await redis.eval(deleteIfMine, 1, lock, token)
      await at('after it released the lock')
    }
  }
}
