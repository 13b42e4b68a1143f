import { connectDatabase } from '@flash-sale/database/connect'
import { requireDatabase } from '@flash-sale/database/require-database'
import { createLocks } from '@flash-sale/lock/locks'
import { readEnv } from '@flash-sale/runtime/env'
import { StoreEnv } from '@flash-sale/runtime/env-fields'
import { closeRedis, connectRedis, whenReady } from '@flash-sale/runtime/redis'
import { databaseUrlOf, redisUrlOf } from '@flash-sale/runtime/store-urls'
import type { Stores } from './stores.ts'

const redisReadyWithinMs = 10_000
const statementTimeoutMs = 30_000

/** Runs the work of a command on the stores that the environment names. A store that cannot be used rejects with one line for a person. */
export async function onStores(work: (stores: Stores) => Promise<void>): Promise<void> {
  const env = readEnv(StoreEnv)
  const redis = connectRedis({ url: redisUrlOf(env), role: 'scripts', logger: { info: () => {}, warn: () => {} } })
  try {
    await whenReady(redis, redisReadyWithinMs)
    const databaseUrl = databaseUrlOf(env)
    const { isPooled } = await requireDatabase(databaseUrl)
    const database = connectDatabase(databaseUrl, { poolSizeMax: 2, statementTimeoutMs, isPooled })
    const locks = createLocks(redis)
    try {
      await work({ redis, database, locks })
    } finally {
      locks.close()
      await database.$disconnect()
    }
  } finally {
    await closeRedis(redis)
  }
}
