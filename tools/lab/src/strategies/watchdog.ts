import { randomUUID } from 'node:crypto'
import { patiently } from './patiently.ts'
import type { Sell, Shop } from './strategy.ts'

const deleteIfMine = `if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0`
const extendIfMine = `if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('PEXPIRE', KEYS[1], ARGV[2]) end return 0`

export function open(shop: Shop): Sell {
  const { redis, stock, lock, leaseMs, waitMs, at } = shop
  return async () => {
    const token = randomUUID()
    const tryLock = async () => (await redis.set(lock, token, 'PX', leaseMs, 'NX')) === 'OK'
    if (!(await patiently(waitMs, tryLock))) return 'gave up'
    // The watchdog renews the lease, so that it does not end before the work, and learns when the lock is lost.
    let isLost = false
    const extend = async () => {
      if ((await redis.eval(extendIfMine, 1, lock, token, leaseMs)) !== 1) isLost = true
    }
    const watchdog = setInterval(() => void extend().catch(() => (isLost = true)), leaseMs / 3)
    await at('after it got the lock')
    try {
      const units = Number(await redis.get(stock))
      if (units < 1) return 'sold out'
      // The last check. A pause between this line and the write makes it worthless.
      if (isLost) return 'gave up'
      await at('after it checked that the lock is its own')
      await redis.set(stock, units - 1)
      await at('after it wrote the stock')
      return 'sold'
    } finally {
      clearInterval(watchdog)
      await at('before it releases the lock')
      await redis.eval(deleteIfMine, 1, lock, token)
      await at('after it released the lock')
    }
  }
}
