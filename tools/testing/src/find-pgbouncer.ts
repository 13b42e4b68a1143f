import path from 'node:path'
import { libraryFolders } from '@flash-sale/local-stack/machine/apt-packages'
import { cacheFolder, makeInCache } from '@flash-sale/local-stack/machine/cache-folder'
import { executableOnPath, isExecutableFile } from '@flash-sale/local-stack/machine/executable-file'
import { runCommand } from '@flash-sale/local-stack/machine/run-command'
import { unpackProgram } from '@flash-sale/local-stack/machine/unpack-program'

export interface FoundPgbouncer {
  readonly command: string
  readonly env: Readonly<Record<string, string>>
}

// Names of Debian's and Ubuntu's releases of these years; a library by another name is asked for when it is missed.
const PACKAGES = ['pgbouncer', 'libevent-2.1-7', 'libc-ares2']

/** The pgbouncer on PATH or in the user's cache folder, else fetched there with apt; or why there is none. */
export async function findPgbouncer(): Promise<FoundPgbouncer | { readonly why: string }> {
  const { env } = process
  const onPath = executableOnPath('pgbouncer', { ...env, PATH: `${env.PATH ?? ''}:/usr/sbin` })
  if (onPath !== undefined) return { command: onPath, env: {} }
  const cached = pgbouncerIn(path.join(cacheFolder(env), 'pgbouncer'))
  const isUsable = async () => (await check(cached)) === 'usable'
  if (await isUsable()) return cached
  if (!executableOnPath('apt-get', env))
    return { why: 'pgbouncer is not on PATH, and there is no apt-get to fetch it with' }
  const made = await makeInCache({
    name: 'pgbouncer',
    env,
    make: (work) => {
      const into = path.join(work, 'pgbouncer')
      return unpackProgram({ work, into, packages: PACKAGES, check: () => check(pgbouncerIn(into)) })
    },
    isUsable,
  })
  return made.ok ? cached : { why: `pgbouncer is not on PATH, and apt could not fetch it: ${made.why}` }
}

function pgbouncerIn(folder: string): FoundPgbouncer {
  return {
    command: path.join(folder, 'usr/sbin/pgbouncer'),
    env: { LD_LIBRARY_PATH: libraryFolders(folder).join(':') },
  }
}

async function check({ command, env }: FoundPgbouncer): Promise<string> {
  if (!isExecutableFile(command)) return 'not there'
  const answer = await runCommand(command, ['--version'], { env: { ...process.env, ...env }, timeoutMs: 5_000 })
  return answer.ok && /PgBouncer/i.test(answer.stdout) ? 'usable' : answer.complaint
}
