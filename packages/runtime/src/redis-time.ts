import type { Redis } from 'ioredis'

/** The time of Redis' clock, in ms since 1970. The scripts judge orders by this clock. */
export async function readRedisTime(redis: Redis): Promise<number> {
  const [seconds, micros] = await redis.time()
  return Number(seconds) * 1_000 + Math.floor(Number(micros) / 1_000)
}
