import path from 'node:path'
import { libraryFolders, openApt } from './apt-packages.ts'
import { cacheFolder, makeInCache } from './cache-folder.ts'

export interface CachedRedis {
  readonly command: string
  readonly env: Readonly<Record<string, string>>
}

export interface FetchRedisOptions {
  readonly onProgress: (line: string) => void
  readonly env: NodeJS.ProcessEnv
  /** `usable`, or why it is not. */
  readonly check: (command: string, env: Readonly<Record<string, string>>) => Promise<string>
  readonly signal?: AbortSignal | undefined
}

export type FetchedRedis = { ok: true; redis: CachedRedis } | { ok: false; why: string }

// The server itself is in redis-tools; the rest are the libraries it links that a bare Debian or Ubuntu lacks.
const PACKAGES = ['redis-server', 'redis-tools', 'libjemalloc2', 'liblzf1', 'libatomic1']
// Some machines lack one more, such as OpenSSL's: the server names it when it does not run.
const EXTRA_LIBRARIES_MAX = 8

/** Where a Redis fetched earlier would be; whether it is there and runs is for the caller to ask. */
export function cachedRedis(env: NodeJS.ProcessEnv): CachedRedis {
  return redisIn(path.join(cacheFolder(env), 'redis'))
}

/** Fetches Redis from the distribution's packages into the user's cache folder: as any user, touching nothing of the system's own. */
export async function fetchRedisWithApt({ onProgress, env, check, signal }: FetchRedisOptions): Promise<FetchedRedis> {
  const where = cacheFolder(env)
  onProgress(`Redis: none installed, fetching it from the distribution's packages into ${where} (once, no root needed)`)
  const redis = cachedRedis(env)
  const made = await makeInCache({
    name: 'redis',
    env,
    make: (work) => {
      const { command, env: needed } = redisIn(path.join(work, 'redis'))
      return unpackRedis({ work, onProgress, check: () => check(command, needed), signal })
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

interface UnpackOptions {
  readonly work: string
  readonly onProgress: (line: string) => void
  readonly check: () => Promise<string>
  readonly signal: AbortSignal | undefined
}

/** `usable` when all went well, else what went wrong. */
async function unpackRedis({ work, onProgress, check, signal }: UnpackOptions): Promise<string> {
  const apt = await openApt(work, signal)
  const into = path.join(work, 'redis')
  const updated = await apt.update()
  onProgress('Redis: package lists read, downloading')
  // A foreign source that fails does not matter as long as these packages can be had: download is the judge.
  const complaint = await apt.unpack(PACKAGES, into)
  if (complaint !== undefined) return updated.ok ? complaint : updated.complaint
  let answer = await check()
  for (let extra = 0; extra < EXTRA_LIBRARIES_MAX; extra += 1) {
    const missing = /(lib[\w.+-]+?)\.so\.(\d+): cannot open shared object/.exec(answer)
    if (!missing) break
    const name = `${missing[1]}${missing[2]}`
    // Newer releases renamed some libraries when 32-bit time ended.
    const isUnpacked = async (wanted: string) => (await apt.unpack([wanted], into)) === undefined
    if (!(await isUnpacked(name)) && !(await isUnpacked(`${name}t64`))) break
    answer = await check()
  }
  return answer
}
