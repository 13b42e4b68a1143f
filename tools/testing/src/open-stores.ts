import { connectDatabase, type Database } from '@flash-sale/database/connect'
import { createLocks, type Locks } from '@flash-sale/lock/locks'
import { createLogger } from '@flash-sale/runtime/logger'
import { connectRedis } from '@flash-sale/runtime/redis'
import type { Redis } from 'ioredis'

export interface OpenStores {
  readonly redis: Redis
  readonly database: Database
  readonly locks: Locks
  readonly close: () => Promise<void>
}

/** Connects to both stores the way the API and the worker do, in the test's own process. */
export function openStores({ redisUrl, databaseUrl }: { redisUrl: string; databaseUrl: string }): OpenStores {
  const redis = connectRedis({ url: redisUrl, role: 'scripts', logger: silentLogger })
  const database = connectDatabase(databaseUrl, { poolSizeMax: 4, statementTimeoutMs: 30_000 })
  const locks = createLocks(redis)
  const close = async () => {
    locks.close()
    redis.disconnect()
    await database.$disconnect()
  }
  return { redis, database, locks, close }
}

export const silentLogger = createLogger({ name: 'test', level: 'silent' })
