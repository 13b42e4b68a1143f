import { migrate } from '@flash-sale/database/migrate'
import { recordPid } from '@flash-sale/local-stack/machine/run-folder'
import { startPostgres } from '@flash-sale/local-stack/postgres/start-postgres'
import { provided } from '@flash-sale/testing/provided'
import { randomUUID } from 'node:crypto'
import path from 'node:path'
import { Client } from 'pg'

/** A Postgres that no other test uses, so that a test may stop it. */
export interface OwnPostgres {
  readonly database: { readonly url: string }
  /** Stops every process of the server, as a machine that hangs does. */
  readonly freeze: () => Promise<void>
  readonly thaw: () => void
  readonly stop: () => Promise<void>
}

export async function startOwnPostgres(): Promise<OwnPostgres> {
  const runFolder = provided('runFolder')
  // Postgres runs as another user, who could not enter a folder of mkdtemp's.
  const dataDir = path.join(runFolder, `postgres-${randomUUID()}`)
  const postgres = await startPostgres({
    dataDir,
    recordPid: (pid) => recordPid(runFolder, pid),
    settings: { fsync: 'off', full_page_writes: 'off' },
  })
  const url = postgres.url('flash_sale')
  await migrate(url)
  let frozen: number[] = []
  const thaw = () => {
    for (const pid of frozen) continueProcess(pid)
    frozen = []
  }
  return {
    database: { url },
    async freeze() {
      // The server first, so that it starts no process that is not in the list.
      const pids = await processesOf(url)
      frozen = [postgres.pid, ...pids]
      for (const pid of frozen) process.kill(pid, 'SIGSTOP')
    },
    thaw,
    async stop() {
      thaw()
      await postgres.stop()
    },
  }
}

/** The server's processes but the first one and that of this question. */
async function processesOf(url: string): Promise<number[]> {
  const client = new Client({ connectionString: url })
  await client.connect()
  const { rows } = await client.query<{ pid: number }>(
    'SELECT pid FROM pg_stat_activity WHERE pid <> pg_backend_pid() ORDER BY pid',
  )
  await client.end()
  return rows.map(({ pid }) => pid)
}

function continueProcess(pid: number): void {
  try {
    process.kill(pid, 'SIGCONT')
  } catch {
    // It ended by itself.
  }
}
