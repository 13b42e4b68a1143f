import path from 'node:path'
import { libraryFolders } from '../machine/apt-packages.ts'
import { cacheFolder, makeInCache } from '../machine/cache-folder.ts'
import { unpackProgram } from '../machine/unpack-program.ts'

export interface CachedRedis {
  readonly command: string
  readonly env: Readonly<Record<string, string>>
}

export interface FetchRedisOptions {
  readonly onProgress: (line: string) => void
  readonly env: NodeJS.ProcessEnv
  /** `usable`, or why the file is not usable. */
  readonly check: (command: string, env: Readonly<Record<string, string>>) => Promise<string>
  readonly signal?: AbortSignal | undefined
}

export type FetchedRedis = { ok: true; redis: CachedRedis } | { ok: false; why: string }

// The server itself is in redis-tools. The others are its libraries that a bare Debian or Ubuntu lacks.
const PACKAGES = ['redis-server', 'redis-tools', 'libjemalloc2', 'liblzf1', 'libatomic1']

/** The path of a Redis that was fetched earlier. The caller checks whether it is there and runs. */
export function cachedRedis(env: NodeJS.ProcessEnv): CachedRedis {
  return redisIn(path.join(cacheFolder(env), 'redis'))
}

/** Fetches Redis from the distribution's packages into the user's cache folder. Any user can do it, and the system does not change. */
export async function fetchRedisWithApt({ onProgress, env, check, signal }: FetchRedisOptions): Promise<FetchedRedis> {
  const where = cacheFolder(env)
  onProgress(`Redis: none installed, fetching it from the distribution's packages into ${where} (once, no root needed)`)
  const redis = cachedRedis(env)
  const onUpdated = () => onProgress('Redis: package lists read, downloading')
  const made = await makeInCache({
    name: 'redis',
    env,
    make: (work) => {
      const into = path.join(work, 'redis')
      const { command, env: needed } = redisIn(into)
      return unpackProgram({ work, into, packages: PACKAGES, onUpdated, check: () => check(command, needed), signal })
    },
    isUsable: async () => (await check(redis.command, redis.env)) === 'usable',
  })
  if (!made.ok) return made
  onProgress('Redis: fetched')
  return { ok: true, redis }
}

function redisIn(folder: string): CachedRedis {
  return {
    command: path.join(folder, 'usr/bin/redis-server'),
    env: { LD_LIBRARY_PATH: libraryFolders(folder).join(':') },
  }
}
