import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import path from 'node:path'
import { runCommand } from './run-command.ts'

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

const TRIPLES: Readonly<Record<string, string>> = {
  x64: 'x86_64-linux-gnu',
  arm64: 'aarch64-linux-gnu',
  arm: 'arm-linux-gnueabihf',
  ia32: 'i386-linux-gnu',
  ppc64: 'powerpc64le-linux-gnu',
  riscv64: 'riscv64-linux-gnu',
  s390x: 's390x-linux-gnu',
}

/** Where a Redis fetched earlier would be; whether it is there and runs is for the caller to ask. */
export function cachedRedis(env: NodeJS.ProcessEnv): CachedRedis {
  return redisIn(path.join(cacheFolder(env), 'redis'))
}

/**
 * Fetches Redis from the distribution's packages into the user's cache folder: as any user, touching nothing of the
 * system's own. It appears there in one rename, so that two runs may race and an interrupted one leaves nothing half.
 */
export async function fetchRedisWithApt({ onProgress, env, check, signal }: FetchRedisOptions): Promise<FetchedRedis> {
  const cache = cacheFolder(env)
  const work = path.join(cache, `redis.partial-${process.pid}-${randomBytes(4).toString('hex')}`)
  onProgress(`Redis: none installed, fetching it from the distribution's packages into ${cache} (once, no root needed)`)
  try {
    await removeAbandoned(cache)
    const made = redisIn(path.join(work, 'redis'))
    const answer = await unpackPackages({ work, onProgress, check: () => check(made.command, made.env), signal })
    if (answer !== 'usable') return { ok: false, why: answer }
    const redis = cachedRedis(env)
    await moveIntoPlace(path.join(work, 'redis'), path.join(cache, 'redis'), async () => {
      return (await check(redis.command, redis.env)) === 'usable'
    })
    onProgress('Redis: fetched')
    return { ok: true, redis }
  } catch (error) {
    return { ok: false, why: error instanceof Error ? error.message : String(error) }
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

function cacheFolder(env: NodeJS.ProcessEnv): string {
  const base = env.XDG_CACHE_HOME
  return path.join(base && path.isAbsolute(base) ? base : path.join(env.HOME || homedir(), '.cache'), 'flash-sale')
}

function redisIn(folder: string): CachedRedis {
  const triple = TRIPLES[process.arch] ?? ''
  const libraries = [path.join(folder, 'usr/lib', triple), path.join(folder, 'lib', triple)]
  return { command: path.join(folder, 'usr/bin/redis-server'), env: { LD_LIBRARY_PATH: libraries.join(':') } }
}

interface UnpackOptions {
  readonly work: string
  readonly onProgress: (line: string) => void
  readonly check: () => Promise<string>
  readonly signal: AbortSignal | undefined
}

/** `usable` when all went well, else what went wrong. */
async function unpackPackages({ work, onProgress, check, signal }: UnpackOptions): Promise<string> {
  for (const name of ['lists/partial', 'cache/archives/partial', 'redis']) {
    await mkdir(path.join(work, name), { recursive: true })
  }
  const updated = await runCommand('apt-get', [...aptOptions(work), 'update'], { timeoutMs: 180_000, signal })
  onProgress('Redis: package lists read, downloading')
  // A foreign source that fails does not matter as long as these packages can be had: download is the judge.
  const complaint = await unpack(work, PACKAGES, signal)
  if (complaint !== undefined) return updated.ok ? complaint : updated.complaint
  let answer = await check()
  for (let extra = 0; extra < EXTRA_LIBRARIES_MAX; extra += 1) {
    const missing = /(lib[\w.+-]+?)\.so\.(\d+): cannot open shared object/.exec(answer)
    if (!missing) break
    const name = `${missing[1]}${missing[2]}`
    // Newer releases renamed some libraries when 32-bit time ended.
    const isUnpacked = async (wanted: string) => (await unpack(work, [wanted], signal)) === undefined
    if (!(await isUnpacked(name)) && !(await isUnpacked(`${name}t64`))) break
    answer = await check()
  }
  return answer
}

/** The machine's own package lists may be empty or stale, and only root may refresh them: hence private ones. */
function aptOptions(work: string): string[] {
  const places = [`Dir::State::lists=${work}/lists`, `Dir::Cache=${work}/cache`]
  const manners = ['APT::Sandbox::User=', 'Debug::NoLocking=1', 'Acquire::Retries=2', 'Acquire::http::Timeout=20']
  return [...places, ...manners].flatMap((option) => ['-o', option])
}

/** Undefined when all went well, else what went wrong. */
async function unpack(
  work: string,
  packages: readonly string[],
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  const folder = await mkdtemp(path.join(work, 'packages-'))
  const download = [...aptOptions(work), 'download', ...packages]
  const fetched = await runCommand('apt-get', download, { cwd: folder, timeoutMs: 180_000, signal })
  if (!fetched.ok) return fetched.complaint
  for (const file of await readdir(folder)) {
    const extract = ['-x', path.join(folder, file), path.join(work, 'redis')]
    const unpacked = await runCommand('dpkg', extract, { timeoutMs: 60_000, signal })
    if (!unpacked.ok) return unpacked.complaint
  }
  return undefined
}

async function moveIntoPlace(made: string, place: string, isUsable: () => Promise<boolean>): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await rename(made, place)
      return
    } catch (error) {
      // Somebody else's folder is there: theirs if it runs (a race), else one left from before a system upgrade.
      if (await isUsable()) return
      if (attempt === 3) throw error
      await rename(place, `${made}.unusable-${attempt}`)
    }
  }
}

const ABANDONED_AFTER_MS = 3_600_000

async function removeAbandoned(cache: string): Promise<void> {
  await mkdir(cache, { recursive: true })
  for (const name of await readdir(cache)) {
    if (!name.startsWith('redis.partial-')) continue
    const folder = path.join(cache, name)
    const age = await stat(folder).then(
      (found) => Date.now() - found.mtimeMs,
      () => 0,
    )
    if (age > ABANDONED_AFTER_MS) await rm(folder, { recursive: true, force: true })
  }
}
