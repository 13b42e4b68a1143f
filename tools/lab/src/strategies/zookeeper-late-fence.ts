import type { Sell, Shop } from './strategy.ts'

/** Refuses every holder whose number is lower than that of an earlier write. Nobody learns of a number that only reads. */
const takeOneFenced = `
  local seen = tonumber(redis.call('GET', KEYS[2]) or '0')
  if tonumber(ARGV[1]) < seen then return 'refused' end
  redis.call('SET', KEYS[2], ARGV[1])
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
      const units = Number(await redis.get(stock))
      await at('after it read the stock')
      if (units < 1) return 'sold out'
      const fence = `${stock}:fence`
      const done = await redis.eval(takeOneFenced, 3, stock, fence, orders, zxid, units - 1, buyer)
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
