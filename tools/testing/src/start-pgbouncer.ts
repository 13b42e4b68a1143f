import { mkdtemp, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { openLog, startOwnProcess } from '@flash-sale/local-stack/machine/own-process'
import { recordPid } from '@flash-sale/local-stack/machine/run-folder'
import getPort from 'get-port'
import { Client } from 'pg'
import { eventually } from './eventually.ts'
import type { FoundProgram } from './find-program.ts'
import { provided } from './provided.ts'

export interface Pgbouncer {
  /** The database of the URL that it was started for, through it. */
  readonly url: string
  readonly stop: () => Promise<void>
}

/** Few, so that statements of one client meet those of others on one connection. */
const serverConnections = 3

/** A pgbouncer in transaction mode before the database of this URL, with the settings that it comes with and these. */
export async function startPgbouncer(
  found: FoundProgram,
  databaseUrl: string,
  moreSettings: readonly string[] = [],
): Promise<Pgbouncer> {
  const folder = await mkdtemp(path.join(provided('runFolder'), 'pgbouncer-'))
  const { hostname, port: serverPort, username, password } = new URL(databaseUrl)
  const port = await getPort({ host: '127.0.0.1' })
  const settings = path.join(folder, 'pgbouncer.ini')
  const text = `[databases]
* = host=${hostname} port=${serverPort} user=${username} password=${decodeURIComponent(password)}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = ${serverConnections}
${moreSettings.join('\n')}
`
  await writeFile(settings, text, { mode: 0o600 })
  const log = openLog(path.join(folder, 'pgbouncer.log'))
  const running = await startOwnProcess({
    command: found.command,
    // It refuses to run as root, and gives that up by itself.
    args: [...(process.getuid?.() === 0 ? ['-u', 'nobody'] : []), settings],
    env: { ...process.env, ...found.env },
    stdio: ['ignore', log.fd, log.fd],
    stopSignal: 'SIGTERM',
    stopWithinMs: 5_000,
  }).finally(() => log.close())
  recordPid(provided('runFolder'), running.pid)
  const through = new URL(databaseUrl)
  through.host = `127.0.0.1:${port}`
  await eventually(() => answers(through.href), { what: `pgbouncer to answer: ${log.lastLines(5)}`, timeoutMs: 10_000 })
  return { url: through.href, stop: running.stop }
}

async function answers(url: string): Promise<true> {
  const client = new Client({ connectionString: url })
  client.on('error', () => undefined)
  await client.connect()
  await client.end()
  return true
}
