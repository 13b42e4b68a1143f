import type { LocalRedis } from '@flash-sale/local-stack/redis/start-redis'
import { duringTests } from './during-tests.ts'
import { createTestDatabase, type TestDatabase } from './test-database.ts'
import { startTestRedis, type TestRedisOptions } from './test-redis.ts'

export interface TestStores {
  readonly redis: LocalRedis
  readonly database: TestDatabase
  readonly stop: () => Promise<void>
}

/** A Redis and a migrated, empty database of the test's own. Stop what uses them first. */
export async function startTestStores(options: Partial<TestRedisOptions> = {}): Promise<TestStores> {
  const [redis, database] = await Promise.all([startTestRedis(options), createTestDatabase()])
  const stop = async () => void (await Promise.all([redis.stop(), database.drop()]))
  return { redis, database, stop }
}

/** The stores of all tests of a file. Call it at the top of the file. */
export function withTestStores(): TestStores {
  return duringTests(startTestStores, (stores) => stores.stop())
}
