import type { Redis } from 'ioredis'
import { connectTestRedis } from './connect-test-redis.ts'
import { eventually } from './eventually.ts'

export interface TestReplica extends Awaited<ReturnType<typeof connectTestRedis>> {
  /** Makes it a master of its own. */
  readonly promote: () => Promise<void>
}

/** A Redis of the test's own that follows the master on this port. Resolves when the master counts on it. */
export async function startTestReplica(master: Redis, masterPort: number): Promise<TestReplica> {
  const replica = await connectTestRedis()
  // By default a master waits 5 s for further replicas.
  await master.config('SET', 'repl-diskless-sync-delay', '0')
  await replica.redis.replicaof('127.0.0.1', masterPort)
  const isOnline = async () =>
    new RegExp(`^slave\\d+:.*port=${replica.server.port},state=online`, 'm').test(await master.info('replication'))
  await eventually(isOnline, { what: 'the replica to be online', timeoutMs: 30_000 })
  return { ...replica, promote: async () => void (await replica.redis.replicaof('NO', 'ONE')) }
}
