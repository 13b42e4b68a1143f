import type { Redis } from 'ioredis'
import { orderQueueName, queuePrefix } from './order-queue.ts'

const keyOf = (part: string) => `${queuePrefix}:${orderQueueName}:${part}`

/** Rings that wait or are being answered. Asks for lengths only, in one go. */
export async function readQueueDepth(redis: Redis): Promise<number> {
  const lengths = await Promise.all([
    redis.llen(keyOf('wait')),
    redis.llen(keyOf('active')),
    redis.zcard(keyOf('prioritized')),
    redis.zcard(keyOf('delayed')),
  ])
  return lengths.reduce((sum, length) => sum + length)
}
