import { patiently } from '../../strategies/patiently.ts'
import type { Sell, Shop } from '../../strategies/strategy.ts'

const takeOneFenced = `
  if tonumber(ARGV[1]) < tonumber(redis.call('GET', KEYS[2]) or '0') then return 'refused' end
  redis.call('SET', KEYS[2], ARGV[1])
  redis.call('SET', KEYS[1], ARGV[2])
  redis.call('RPUSH', KEYS[3], ARGV[3])
  return 'sold'`

/** Its fence is registered with the write alone, so two that have read the same stock may both write, the older holder first. */
export function open({ redis, stock, orders, lock, leaseMs, waitMs, at }: Shop): Sell {
  return async (buyer) => {
    const tryLock = async () => (await redis.set(lock, buyer, 'PX', leaseMs, 'NX')) === 'OK'
    if (!(await patiently(waitMs, tryLock))) return 'gave up'
    const fence = await redis.incr(`${lock}:count`)
    await at('after it got the lock')
    const units = Number(await redis.get(stock))
    await at('after it read the stock')
    if (units < 1) return 'sold out'
    const done = await redis.eval(takeOneFenced, 3, stock, `${stock}:fence`, orders, fence, units - 1, buyer)
    await at('after it wrote the stock')
    await at('before it releases the lock')
    if ((await redis.get(lock)) === buyer) await redis.del(lock)
    return done === 'sold' ? 'sold' : 'gave up'
  }
}
