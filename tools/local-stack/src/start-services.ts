import path from 'node:path'
import { startPostgres } from './postgres/start-postgres.ts'
import { requireRedis } from './redis/require-redis.ts'
import { startRedis } from './redis/start-redis.ts'

export interface StartServicesOptions {
  /** A Redis that runs already, which has to answer. Default: one is started. */
  readonly redisUrl?: string | undefined
  /** A Postgres that runs already. Default: one is started. */
  readonly databaseUrl?: string | undefined
  /** The folder for the data of started stores. */
  readonly dataDir: string
  readonly onProgress?: (line: string) => void
  readonly recordPid?: (pid: number) => void
  /** Stops starting: started processes end, and the promise rejects. */
  readonly signal?: AbortSignal | undefined
}

export interface Services {
  readonly redisUrl: string
  /** Its database need not exist yet: migrating creates it. */
  readonly databaseUrl: string
  /** Stops the stores that this function started, and nothing else. May be called again. */
  readonly stop: () => Promise<void>
}

/** Starts Redis and Postgres, unless they are given. */
export async function startServices(options: StartServicesOptions): Promise<Services> {
  const { dataDir, onProgress, recordPid, signal } = options
  const shared = { ...(onProgress && { onProgress }), ...(recordPid && { recordPid }), signal }
  const [redis, postgres] = await Promise.allSettled([
    options.redisUrl
      ? requireRedis(options.redisUrl).then(() => undefined)
      : startRedis({ dataDir: path.join(dataDir, 'redis'), ...shared }),
    options.databaseUrl ? undefined : startPostgres({ dataDir: path.join(dataDir, 'postgres'), ...shared }),
  ])
  const stop = async () => {
    const started = [redis, postgres].map((result) => (result.status === 'fulfilled' ? result.value : undefined))
    await Promise.all(started.map(async (service) => service?.stop()))
  }
  try {
    if (redis.status === 'rejected') throw redis.reason
    return {
      redisUrl: options.redisUrl || startedUrl(redis, (service) => service.url),
      databaseUrl: options.databaseUrl || startedUrl(postgres, (service) => service.url('flash_sale')),
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}

function startedUrl<T>(result: PromiseSettledResult<T | undefined>, urlOf: (service: T) => string): string {
  if (result.status === 'rejected') throw result.reason
  if (result.value === undefined) throw new Error('a service was neither given nor started')
  return urlOf(result.value)
}
