import { connectRedis, whenReady } from '@flash-sale/runtime/redis'

const readyWithinMsDefault = 10_000

/** Rejects with one line for a person if this Redis cannot be used now: the apps would wait for it without end. */
export async function requireRedis(url: string, readyWithinMs = readyWithinMsDefault): Promise<void> {
  const redis = connectRedis({ url, role: 'reads', logger: { info: () => undefined, warn: () => undefined } })
  try {
    await whenReady(redis, readyWithinMs)
  } finally {
    redis.disconnect()
  }
}
