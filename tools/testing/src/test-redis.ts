import { mkdtemp, rm } from 'node:fs/promises'
import path from 'node:path'
import { recordPid } from '@flash-sale/local-stack/machine/run-folder'
import { startRedis, type LocalRedis, type StartRedisOptions } from '@flash-sale/local-stack/redis/start-redis'
import { provided } from './provided.ts'

export type TestRedisOptions = Pick<StartRedisOptions, 'appendFsync' | 'extraArgs' | 'port' | 'dataDir'>

/**
 * A Redis of the test's own, in a temporary folder on a free port; stopping it removes the folder. Given the `port` and
 * `dataDir` of one that was killed, it is that one come back.
 */
export async function startTestRedis(options: Partial<TestRedisOptions> = {}): Promise<LocalRedis> {
  const runFolder = provided('runFolder')
  const dataDir = options.dataDir ?? (await mkdtemp(path.join(runFolder, 'redis-')))
  const redis = await startRedis({
    ...options,
    dataDir,
    server: provided('redisServer'),
    recordPid: (pid) => recordPid(runFolder, pid),
  })
  const stop = async () => {
    await redis.stop()
    await rm(dataDir, { recursive: true, force: true })
  }
  return { ...redis, stop }
}
