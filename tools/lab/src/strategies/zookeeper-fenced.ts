import type { Sell, Shop } from './strategy.ts'

/** Registers the number with the reading: from now on the stock refuses each lower number. */
const readFenced = `
  if tonumber(ARGV[1]) < tonumber(redis.call('GET', KEYS[2]) or '0') then return 'refused' end
  redis.call('SET', KEYS[2], ARGV[1])
  return redis.call('GET', KEYS[1])`
const takeOneFenced = `
  if tonumber(ARGV[1]) < tonumber(redis.call('GET', KEYS[2])) then return 'refused' end
  redis.call('SET', KEYS[1], ARGV[2])
  redis.call('RPUSH', KEYS[3], ARGV[3])
  return 'sold'`

export async function open(shop: Shop): Promise<Sell> {
  const { redis, stock, orders, lock, waitMs, at } = shop
  const zookeeper = await shop.zookeeper()

  async function sellOnce(buyer: string): Promise<'sold' | 'sold out' | 'gave up' | 'refused'> {
    const mine = await zookeeper.createEphemeralSequential(`/${lock}/n-`)
    try {
      if (!(await zookeeper.untilLowest(mine, waitMs))) return 'gave up'
      // The zxid of the node's creation. ZooKeeper only ever raises it.
      const zxid = await zookeeper.createdAt(mine)
      if (zxid === undefined) return 'refused'
      await at('after it got the lock')
      const fence = `${stock}:fence`
      const units = await redis.eval(readFenced, 2, stock, fence, zxid)
      await at('after it read the stock')
      if (units === 'refused') return 'refused'
      if (Number(units) < 1) return 'sold out'
      const done = await redis.eval(takeOneFenced, 3, stock, fence, orders, zxid, Number(units) - 1, buyer)
      await at('after it wrote the stock')
      return done as 'sold' | 'refused'
    } finally {
      await at('before it releases the lock')
      await zookeeper.remove(mine)
    }
  }

  return async (buyer) => {
    const until = performance.now() + waitMs
    for (;;) {
      const outcome = await sellOnce(buyer)
      if (outcome !== 'refused') return outcome
      if (performance.now() > until) return 'gave up'
    }
  }
}
