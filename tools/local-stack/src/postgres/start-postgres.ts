import { randomBytes } from 'node:crypto'
import { chmod, chown, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import getPort from 'get-port'
import { Client } from 'pg'
import { openLog, startOwnProcess, type Exit, type OwnProcess } from '../machine/own-process.ts'
import { postgresBinaries, postgresUser, type PostgresBinaries, type RunAs } from './postgres-binaries.ts'
import { runCommand } from '../machine/run-command.ts'

export interface StartPostgresOptions {
  /** Created if missing. A later Postgres on the same folder has the same data and password. */
  readonly dataDir: string
  /** Default: a free port. A given port that is taken is an error. */
  readonly port?: number
  /** Settings of postgresql.conf, such as `{ fsync: 'off' }` where a power cut does not matter. */
  readonly settings?: Readonly<Record<string, string>>
  readonly onProgress?: (line: string) => void
  /** Called with the process id at once, so that the next run can end the process if this one is killed. */
  readonly recordPid?: (pid: number) => void
  /** Stops starting: the process ends, and the promise rejects. */
  readonly signal?: AbortSignal | undefined
}

export interface LocalPostgres {
  readonly port: number
  readonly pid: number
  /** The connection string of a database, which need not exist yet. */
  readonly url: (database: string) => string
  readonly exited: Promise<Exit>
  readonly kill: (signal: NodeJS.Signals) => void
  readonly stop: () => Promise<void>
}

const READY_WITHIN_MS = 60_000
const PORT_ATTEMPTS_MAX = 5

/** Starts a Postgres 18 of our own, reachable on 127.0.0.1 only. Resolves when it takes queries. */
export async function startPostgres(options: StartPostgresOptions): Promise<LocalPostgres> {
  const dataDir = path.resolve(options.dataDir)
  const runAs = await postgresUser()
  const binaries = await postgresBinaries(runAs, options.signal)
  options.signal?.throwIfAborted()
  await mkdir(dataDir, { recursive: true })
  const password = await clusterPassword(path.join(dataDir, 'password'))
  const cluster = path.join(dataDir, 'cluster')
  if (!(await exists(cluster))) await createCluster({ ...options, binaries, runAs, dataDir, cluster })
  const start = (port: number) => startOnPort({ ...options, binaries, runAs, cluster, password, port })
  if (options.port !== undefined) return start(options.port)
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await start(await getPort({ host: '127.0.0.1' }))
    } catch (error) {
      const isTaken = error instanceof Error && /address already in use/i.test(error.message)
      if (!isTaken || attempt === PORT_ATTEMPTS_MAX) throw error
    }
  }
}

interface Cluster {
  readonly binaries: PostgresBinaries
  readonly runAs: RunAs
  readonly cluster: string
}

/** Makes the cluster in another folder and renames it, so that an interrupted start leaves nothing that looks like a cluster. */
async function createCluster(options: Cluster & StartPostgresOptions): Promise<void> {
  const { binaries, runAs, dataDir, cluster, onProgress, signal } = options
  onProgress?.('Postgres: creating a database cluster')
  const made = `${cluster}.new`
  const passwordFile = `${cluster}.password`
  await rm(made, { recursive: true, force: true })
  await mkdir(made, { mode: 0o700 })
  await writeFile(passwordFile, await readFile(path.join(dataDir, 'password')), { mode: 0o600 })
  if (runAs.uid !== undefined && runAs.gid !== undefined) {
    for (const file of [made, passwordFile]) await chown(file, runAs.uid, runAs.gid)
  }
  const access = ['--username=postgres', `--pwfile=${passwordFile}`, '--auth=scram-sha-256']
  const args = [`--pgdata=${made}`, ...access, '--encoding=UTF8', '--locale=C', '--no-sync']
  const result = await runCommand(binaries.initdb, args, { ...runAs, env: ENV, cwd: '/', timeoutMs: 60_000, signal })
  await rm(passwordFile, { force: true })
  if (!result.ok) throw new Error(`Postgres could not create a cluster in ${dataDir}: ${result.complaint}`)
  await rename(made, cluster)
}

// The caller's environment is left out, since Postgres would obey PGDATA, PGPORT and the like.
const ENV = { PATH: process.env.PATH ?? '', LC_ALL: 'C', TZ: 'UTC' }

type StartOnPort = Cluster & StartPostgresOptions & { readonly port: number; readonly password: string }

async function startOnPort(options: StartOnPort): Promise<LocalPostgres> {
  const { binaries, runAs, cluster, password, port } = options
  const settings = Object.entries({
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    ...options.settings,
  }).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const log = openLog(path.join(path.dirname(cluster), 'postgres.log'))
  const running = await startOwnProcess({
    command: binaries.postgres,
    args: ['-D', cluster, '-p', String(port), ...settings],
    env: ENV,
    cwd: '/',
    ...runAs,
    stdio: ['ignore', log.fd, log.fd],
    // Postgres' "fast" shutdown: it cuts connections and keeps committed data.
    stopSignal: 'SIGINT',
    stopWithinMs: 15_000,
  }).finally(() => log.close())
  options.recordPid?.(running.pid)
  const url = (database: string) =>
    `postgresql://postgres:${password}@127.0.0.1:${port}/${encodeURIComponent(database)}`
  const giveUp = () => void running.stop()
  options.signal?.addEventListener('abort', giveUp)
  if (options.signal?.aborted) giveUp()
  try {
    await takingQueries(running, url('postgres'))
    options.signal?.throwIfAborted()
  } catch (error) {
    await running.stop()
    const why = error instanceof Error ? error.message : String(error)
    throw new Error(`Postgres did not start on port ${port}: ${why}\n${log.lastLines(5)}`.trim(), { cause: error })
  } finally {
    options.signal?.removeEventListener('abort', giveUp)
  }
  const { pid, exited, kill, stop } = running
  return { port, pid, url, exited, kill, stop }
}

/** Checks by the password that *this* Postgres answers, since no other one has it. */
async function takingQueries(running: OwnProcess, url: string): Promise<void> {
  const deadline = Date.now() + READY_WITHIN_MS
  for (;;) {
    const client = new Client({ connectionString: url })
    client.on('error', () => undefined)
    try {
      await client.connect()
      await client.end()
      return
    } catch (error) {
      if (running.hasExited()) throw new Error('it exited', { cause: error })
      if (Date.now() > deadline) throw error
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }
}

async function clusterPassword(file: string): Promise<string> {
  if (!(await exists(file))) await writeFile(file, randomBytes(18).toString('base64url'), { mode: 0o600 })
  await chmod(file, 0o600)
  return readFile(file, 'utf8')
}

function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  )
}
