import { Queue } from 'bullmq'
import type { Sell, Shop } from './strategy.ts'

const decrement = `if tonumber(redis.call('GET', KEYS[1])) < 1 then return -1 end return redis.call('DECR', KEYS[1])`

export function open({ redis, connect, stock, orders, at, onClose }: Shop): Sell {
  const queue = new Queue(orders, { connection: connect(), skipMetasUpdate: true })
  onClose(() => queue.close())
  return async (buyer) => {
    const left = await redis.eval(decrement, 1, stock)
    if (Number(left) < 0) return 'sold out'
    await at('after it took a unit')
    await queue.add('order', { buyer })
    return 'sold'
  }
}
