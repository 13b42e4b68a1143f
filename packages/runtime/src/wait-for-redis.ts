import type { Redis } from 'ioredis'
import { hideSecrets } from './hide-secrets.ts'
import { unreachableText, whenReady } from './redis.ts'
import type { StoreWait } from './store-wait.ts'

/**
 * Resolves once commands can be sent on all of these connections, however long that takes. Rejects with a RedisUnreachableError for a
 * reason that only a person can mend. Never settles once a connection is closed, which is what a process does that stops.
 */
export async function waitForRedis(connections: readonly Redis[], wait: StoreWait): Promise<void> {
  await Promise.all(connections.map((redis) => waitForOne(redis, wait)))
  wait.answered('Redis')
}

async function waitForOne(redis: Redis, wait: StoreWait): Promise<void> {
  const note = (error: Error) => wait.failed('Redis', hideSecrets(unreachableText(redis, error)))
  redis.on('error', note)
  try {
    await whenReady(redis)
  } catch (error) {
    if (redis.status === 'end') await new Promise(() => {})
    throw error
  } finally {
    redis.off('error', note)
  }
}
