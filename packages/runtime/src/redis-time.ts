import type { Redis } from 'ioredis'

/** Redis' own clock, by which its scripts judge orders, in ms since 1970. */
export async function readRedisTime(redis: Redis): Promise<number> {
  const [seconds, micros] = await redis.time()
  return Number(seconds) * 1_000 + Math.floor(Number(micros) / 1_000)
}
