import type { Sell, Shop } from '../../strategies/strategy.ts'

const takeOne = `
  if tonumber(redis.call('GET', KEYS[1])) < 1 then return 'sold out' end
  redis.call('DECR', KEYS[1])
  redis.call('RPUSH', KEYS[2], ARGV[1])
  return 'sold'`

/** Takes a unit and records its order in one step. */
export function open({ redis, stock, orders }: Shop): Sell {
  return async (buyer) => (await redis.eval(takeOne, 2, stock, orders, buyer)) as 'sold' | 'sold out'
}
