import type { Sell, Shop } from './strategy.ts'
import { takeOne } from './take-one.ts'

export async function open(shop: Shop): Promise<Sell> {
  const { lock, waitMs, at } = shop
  const zookeeper = await shop.zookeeper()
  return async () => {
    // Ephemeral: the node ends with our session. Sequential: the lowest number holds the lock, and each other node watches the one before.
    const mine = await zookeeper.createEphemeralSequential(`/${lock}/n-`)
    if (!(await zookeeper.untilLowest(mine, waitMs))) {
      await zookeeper.remove(mine)
      return 'gave up'
    }
    await at('after it got the lock')
    try {
      return await takeOne(shop)
    } finally {
      await at('before it releases the lock')
      await zookeeper.remove(mine)
    }
  }
}
