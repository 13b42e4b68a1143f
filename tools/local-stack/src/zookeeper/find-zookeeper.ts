import { access } from 'node:fs/promises'
import path from 'node:path'
import { executableOnPath } from '../machine/executable-file.ts'
import { cachedZooKeeper, fetchZooKeeperWithApt } from './fetch-zookeeper-with-apt.ts'
import { runCommand } from '../machine/run-command.ts'

export type ZooKeeperServer =
  | { readonly kind: 'FOUND'; readonly java: string; readonly classPath: string }
  /** One line: what is missing, and what a person can do. */
  | { readonly kind: 'NOT_FOUND'; readonly why: string }

export interface FindZooKeeperOptions {
  readonly onProgress?: (line: string) => void
  /** The variables PATH, HOME and XDG_CACHE_HOME. Default: this process' environment. */
  readonly env?: NodeJS.ProcessEnv
  readonly signal?: AbortSignal | undefined
}

const INSTALLED = '/usr/share/java'
const JARS = [
  'zookeeper',
  'zookeeper-jute',
  'slf4j-api',
  'slf4j-nop',
  'netty-all',
  'commons-cli',
  'metrics-core',
  'snappy-java',
]
const HELP = 'On Debian and Ubuntu "sudo apt-get install zookeeper" brings both.'

/**
 * Finds a ZooKeeper that Java can run: among the system's jars, or in the user's cache folder, into which apt-get fetches it without root.
 * Java itself must be installed. If there is no ZooKeeper, the result says why.
 */
export async function findZooKeeper(options: FindZooKeeperOptions = {}): Promise<ZooKeeperServer> {
  const { onProgress = () => undefined, env = process.env, signal } = options
  const java = executableOnPath('java', env)
  const answer = java && (await runCommand(java, ['-version'], { timeoutMs: 20_000, signal }))
  if (!java || !answer || !answer.ok) {
    return { kind: 'NOT_FOUND', why: `ZooKeeper needs Java, and no java that runs is on PATH. ${HELP}` }
  }
  for (const folder of [INSTALLED, cachedZooKeeper(env)]) {
    if ((await checkJars(folder)) === 'usable') return found(java, folder)
  }
  signal?.throwIfAborted()
  if (!executableOnPath('apt-get', env) || !executableOnPath('dpkg', env)) {
    return { kind: 'NOT_FOUND', why: `ZooKeeper is not installed, and apt-get is not on PATH to fetch it. ${HELP}` }
  }
  const fetched = await fetchZooKeeperWithApt({ onProgress, env, check: checkJars, signal })
  if (fetched.ok) return found(java, fetched.jarFolder)
  return { kind: 'NOT_FOUND', why: `ZooKeeper is not installed and could not be fetched (${fetched.why}). ${HELP}` }
}

function found(java: string, folder: string): ZooKeeperServer {
  return { kind: 'FOUND', java, classPath: JARS.map((name) => jarOf(folder, name)).join(path.delimiter) }
}

async function checkJars(folder: string): Promise<string> {
  const isThere = await Promise.all(
    JARS.map((name) =>
      access(jarOf(folder, name)).then(
        () => true,
        () => false,
      ),
    ),
  )
  const missing = JARS.filter((_, i) => !isThere[i])
  return missing.length === 0 ? 'usable' : `${folder} has no ${missing.join(', ')}`
}

function jarOf(folder: string, name: string): string {
  return path.join(folder, `${name}.jar`)
}
