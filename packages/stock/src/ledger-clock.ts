import type { Redis } from 'ioredis'

/** Now in ms by the clock that opens and closes sales: Redis' own, since its scripts judge orders by it. */
export async function readClockMs(redis: Redis): Promise<number> {
  const [seconds, micros] = await redis.time()
  return Number(seconds) * 1_000 + Math.floor(Number(micros) / 1_000)
}
