import { readFile, rm } from 'node:fs/promises'
import path from 'node:path'
import { runCommand } from '@flash-sale/local-stack/machine/run-command'
import { startPostgres, type LocalPostgres } from '@flash-sale/local-stack/postgres/start-postgres'
import { Client } from 'pg'

/** The Postgres of the town, at one address whatever becomes of the server. */
export interface TownPostgres {
  readonly databaseUrl: string
  /** Runs statements on a connection of its own, past every proxy. */
  readonly query: <Row extends object>(sql: string, values?: readonly unknown[]) => Promise<Row[]>
  /** A connection of the fault's own, which may break. */
  readonly connect: () => Promise<Client>
  /** "Immediate" stop: every server process quits at once, and recovers when it starts again. */
  readonly crash: () => Promise<void>
  readonly start: () => Promise<void>
  /** Stops and continues every process of the server. */
  readonly pause: () => Promise<void>
  readonly resume: () => Promise<void>
  /** No file may grow any more. Needs Linux, and lasts until the server is started again. */
  readonly fillDisk: () => Promise<void>
  /** A copy of the data as they are now; the server is away for a moment. Resolves with what puts them back. */
  readonly takeCopy: () => Promise<() => Promise<void>>
  readonly stop: () => Promise<void>
}

export interface TownPostgresOptions {
  readonly folder: string
  readonly recordPid: (pid: number) => void
  readonly onProgress: (line: string) => void
  readonly signal: AbortSignal
}

/** Nobody pulls the plug of the machine, and killed processes lose nothing without fsync. */
const settings = { fsync: 'off', full_page_writes: 'off', max_connections: '60' }

const copyWithinMs = 60_000

export async function startTownPostgres({ folder, ...options }: TownPostgresOptions): Promise<TownPostgres> {
  const dataDir = path.join(folder, 'postgres')
  const cluster = path.join(dataDir, 'cluster')
  let server: LocalPostgres = await startPostgres({ ...options, dataDir, settings })
  const { port } = server
  const databaseUrl = server.url('flash_sale')
  let copyCount = 0
  const connect = async () => {
    const client = new Client({ connectionString: databaseUrl })
    client.on('error', () => undefined)
    await client.connect()
    return client
  }
  const end = async (signal: NodeJS.Signals) => {
    server.kill(signal)
    await server.exited
  }
  const start = async () => {
    server = await startPostgres({ ...options, dataDir, settings, port })
  }
  const signalAll = async (signal: NodeJS.Signals) => {
    for (const pid of [server.pid, ...(await childrenOf(server.pid))]) signalIfThere(pid, signal)
  }
  return {
    databaseUrl,
    connect,
    async query<Row extends object>(sql: string, values: readonly unknown[] = []) {
      const client = await connect()
      try {
        return (await client.query<Row>(sql, [...values])).rows
      } finally {
        await client.end()
      }
    },
    crash: () => end('SIGQUIT'),
    start,
    pause: () => signalAll('SIGSTOP'),
    resume: () => signalAll('SIGCONT'),
    async fillDisk() {
      for (const pid of [server.pid, ...(await childrenOf(server.pid))]) {
        const limited = await runCommand('prlimit', ['--pid', String(pid), '--fsize=1'], { timeoutMs: 5_000 })
        if (!limited.ok && pid === server.pid) {
          throw new Error(`the disk of Postgres could not be filled: ${limited.complaint}`)
        }
      }
    },
    async takeCopy() {
      copyCount += 1
      const copy = `${cluster}-${copyCount}`
      await end('SIGINT')
      await copyWithOwner(cluster, copy)
      await start()
      return async () => {
        await end('SIGQUIT')
        await rm(cluster, { recursive: true })
        await copyWithOwner(copy, cluster)
        await start()
      }
    },
    async stop() {
      await signalAll('SIGCONT')
      await end('SIGQUIT')
    },
  }
}

/** Postgres refuses a folder that another user owns. */
async function copyWithOwner(from: string, to: string): Promise<void> {
  const copied = await runCommand('cp', ['-a', from, to], { timeoutMs: copyWithinMs })
  if (!copied.ok) throw new Error(`the data of Postgres could not be copied: ${copied.complaint}`)
}

async function childrenOf(pid: number): Promise<number[]> {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '')
  return text.trim().split(' ').map(Number).filter(Boolean)
}

function signalIfThere(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch {
    // It ended in between.
  }
}
