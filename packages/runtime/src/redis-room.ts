import type { Redis } from 'ioredis'

/** The memory of Redis, in bytes. */
export interface RedisRoom {
  readonly usedBytes: number
  /** `maxmemory`, or the memory of its machine if there is no such limit. */
  readonly limitBytes: number
  readonly isLimited: boolean
}

/** Reads how much memory Redis has and uses. Rejects if Redis does not tell. */
export async function readRedisRoom(redis: Redis): Promise<RedisRoom> {
  const info = await redis.info('memory')
  const fieldOf = (name: string) => Number(new RegExp(`^${name}:(\\d+)`, 'm').exec(info)?.[1])
  const [usedBytes, maxBytes, machineBytes] = ['used_memory', 'maxmemory', 'total_system_memory'].map(fieldOf)
  const limitBytes = maxBytes! > 0 ? maxBytes! : machineBytes!
  if (!Number.isFinite(usedBytes) || !Number.isFinite(limitBytes)) throw new Error('Redis does not tell its memory')
  return { usedBytes: usedBytes!, limitBytes, isLimited: maxBytes! > 0 }
}
