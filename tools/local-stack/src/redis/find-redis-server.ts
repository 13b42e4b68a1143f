import { executableOnPath, isExecutableFile } from '../machine/executable-file.ts'
import { cachedRedis, fetchRedisWithApt } from './fetch-redis-with-apt.ts'
import { runCommand } from '../machine/run-command.ts'

export type RedisServer =
  | {
      readonly origin: 'path' | 'cache' | 'apt'
      readonly command: string
      /** What the command needs beside the caller's own environment. */
      readonly env: Readonly<Record<string, string>>
    }
  | { readonly origin: 'docker'; readonly command: string; readonly image: string }

export interface FindRedisOptions {
  readonly onProgress?: (line: string) => void
  /** The variables PATH, HOME and XDG_CACHE_HOME. Default: this process' environment. */
  readonly env?: NodeJS.ProcessEnv
  /** Ends the search. It then fails as if there were no Redis. */
  readonly signal?: AbortSignal | undefined
}

/** There is no Redis on this machine, and none can be fetched. The message says what a person can do. */
export class RedisNotFoundError extends Error {
  override readonly name = 'RedisNotFoundError'

  constructor(tried: readonly string[]) {
    super(
      `No Redis ${OLDEST} or newer was found and none could be fetched (${tried.join('; ')}). ` +
        'Any one of these helps: install redis-server or valkey-server so that it is on PATH ' +
        '("sudo apt-get install redis-server" on Debian and Ubuntu, "brew install redis" on a Mac), start Docker, ' +
        'or set REDIS_URL to a Redis that is running.',
    )
  }
}

const OLDEST = '7.0'
const DOCKER_IMAGE = 'redis:8-bookworm'

/**
 * Finds a way to run a Redis server: on PATH, in the user's cache folder, into which apt-get fetches it without root, or in Docker. Reports
 * slow steps as they happen. Throws RedisNotFoundError.
 */
export async function findRedisServer(options: FindRedisOptions = {}): Promise<RedisServer> {
  const { onProgress = () => undefined, env = process.env, signal } = options
  const tried: string[] = []
  for (const name of ['redis-server', 'valkey-server']) {
    const command = executableOnPath(name, env)
    const answer = command === undefined ? 'not on PATH' : await checkRedis(command, {})
    if (command !== undefined && answer === 'usable') return { origin: 'path', command, env: {} }
    tried.push(`${name}: ${answer}`)
  }
  const cached = cachedRedis(env)
  if ((await checkRedis(cached.command, cached.env)) === 'usable') return { origin: 'cache', ...cached }
  // Ctrl-C on a terminal also ends the servers that are printing their version, so their silence means nothing then.
  signal?.throwIfAborted()
  if (executableOnPath('apt-get', env) && executableOnPath('dpkg', env)) {
    const fetched = await fetchRedisWithApt({ onProgress, env, check: checkRedis, signal })
    if (fetched.ok) return { origin: 'apt', ...fetched.redis }
    tried.push(`apt-get: ${fetched.why}`)
  } else {
    tried.push('apt-get: not on PATH')
  }
  const docker = executableOnPath('docker', env)
  const why = docker === undefined ? 'not on PATH' : await readyDocker(docker, onProgress, signal)
  if (docker !== undefined && why === 'ready') return { origin: 'docker', command: docker, image: DOCKER_IMAGE }
  tried.push(`docker: ${why}`)
  throw new RedisNotFoundError(tried)
}

/** `usable`, or why this file is not a usable Redis server. */
async function checkRedis(command: string, env: Readonly<Record<string, string>>): Promise<string> {
  if (!isExecutableFile(command)) return 'not there'
  const result = await runCommand(command, ['--version'], { env: { ...process.env, ...env }, timeoutMs: 5_000 })
  const version = /\bv=(\d+)\.(\d+)/.exec(result.stdout)
  if (!result.ok || !version) return `${command} does not run: ${result.complaint || 'no version'}`
  return Number(version[1]) >= Number.parseInt(OLDEST, 10) ? 'usable' : `${version[1]}.${version[2]} is too old`
}

async function readyDocker(
  docker: string,
  onProgress: (line: string) => void,
  signal: AbortSignal | undefined,
): Promise<string> {
  const engine = await runCommand(docker, ['version', '--format', '{{.Server.Version}}'], { timeoutMs: 5_000, signal })
  if (!engine.ok) return `no engine answers: ${engine.complaint}`
  if ((await runCommand(docker, ['image', 'inspect', DOCKER_IMAGE], { timeoutMs: 10_000, signal })).ok) return 'ready'
  onProgress(`Redis: pulling the Docker image ${DOCKER_IMAGE}`)
  const pull = await runCommand(docker, ['pull', '--quiet', DOCKER_IMAGE], { timeoutMs: 300_000, signal })
  return pull.ok ? 'ready' : `${DOCKER_IMAGE} cannot be pulled: ${pull.complaint}`
}
