import type { LocalRedis } from '@flash-sale/local-stack/redis/start-redis'
import { Redis } from 'ioredis'
import { startTestRedis, type TestRedisOptions } from './test-redis.ts'

/** Starts a Redis for the test, with one connection to it. `close` ends both. */
export async function connectTestRedis(
  options: Partial<TestRedisOptions> = {},
): Promise<{ server: LocalRedis; redis: Redis; close: () => Promise<void> }> {
  const server = await startTestRedis(options)
  const redis = new Redis(server.url, { maxRetriesPerRequest: null })
  const close = async () => {
    redis.disconnect()
    await server.stop()
  }
  return { server, redis, close }
}
