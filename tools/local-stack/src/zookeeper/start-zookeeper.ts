import { mkdir, writeFile } from 'node:fs/promises'
import { createConnection } from 'node:net'
import path from 'node:path'
import getPort from 'get-port'
import type { ZooKeeperServer } from './find-zookeeper.ts'
import { openLog, startOwnProcess, type OwnProcess } from '../machine/own-process.ts'

export interface StartZooKeeperOptions {
  readonly server: Extract<ZooKeeperServer, { kind: 'FOUND' }>
  /** Created if missing. */
  readonly dataDir: string
  /** The shortest session that a client may ask for is twice as long. In ms. */
  readonly tickMs: number
  /** Called with the process id at once, so that the next run can end the process if this one is killed. */
  readonly recordPid?: (pid: number) => void
  /** Stops starting: the process ends, and the promise rejects. */
  readonly signal?: AbortSignal | undefined
}

export interface LocalZooKeeper {
  /** host:port */
  readonly address: string
  readonly pid: number
  readonly stop: () => Promise<void>
}

const READY_WITHIN_MS = 30_000
const ASK_AGAIN_MS = 50

/** Starts a ZooKeeper of our own on a free port of 127.0.0.1. Resolves when it reports that it is healthy. */
export async function startZooKeeper(options: StartZooKeeperOptions): Promise<LocalZooKeeper> {
  const { server, tickMs, signal } = options
  const dataDir = path.resolve(options.dataDir)
  signal?.throwIfAborted()
  await mkdir(path.join(dataDir, 'data'), { recursive: true })
  const port = await getPort({ host: '127.0.0.1' })
  const settings = path.join(dataDir, 'zoo.cfg')
  await writeFile(
    settings,
    [
      `tickTime=${tickMs}`,
      `dataDir=${path.join(dataDir, 'data')}`,
      `clientPort=${port}`,
      'clientPortAddress=127.0.0.1',
      'admin.enableServer=false',
      '4lw.commands.whitelist=ruok',
      '',
    ].join('\n'),
  )
  const log = openLog(path.join(dataDir, 'zookeeper.log'))
  const running = await startOwnProcess({
    command: server.java,
    // A small heap and the quick compiler: it starts in half a second.
    args: ['-Xmx128m', '-XX:TieredStopAtLevel=1', '-cp', server.classPath, MAIN, settings],
    env: { PATH: process.env['PATH'] },
    cwd: dataDir,
    stdio: ['ignore', log.fd, log.fd],
    stopSignal: 'SIGTERM',
    stopWithinMs: 5_000,
  }).finally(() => log.close())
  options.recordPid?.(running.pid)
  const giveUp = () => void running.stop()
  signal?.addEventListener('abort', giveUp)
  if (signal?.aborted) giveUp()
  try {
    await untilWell(running, port)
    signal?.throwIfAborted()
  } catch (error) {
    await running.stop()
    const why = [error instanceof Error ? error.message : String(error), log.lastLines(5)].join('\n').trim()
    throw new Error(`ZooKeeper did not start on port ${port}: ${why}`, { cause: error })
  } finally {
    signal?.removeEventListener('abort', giveUp)
  }
  return { address: `127.0.0.1:${port}`, pid: running.pid, stop: running.stop }
}

const MAIN = 'org.apache.zookeeper.server.ZooKeeperServerMain'

async function untilWell(running: OwnProcess, port: number): Promise<void> {
  const deadline = Date.now() + READY_WITHIN_MS
  while ((await askIfWell(port)) !== 'imok') {
    if (running.hasExited()) throw new Error('it exited')
    if (Date.now() > deadline) throw new Error(`no answer in ${READY_WITHIN_MS} ms`)
    await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_MS))
  }
}

function askIfWell(port: number): Promise<string> {
  return new Promise((resolve) => {
    let answer = ''
    const socket = createConnection({ host: '127.0.0.1', port }, () => socket.end('ruok'))
    socket.setTimeout(1_000, () => socket.destroy())
    socket.on('data', (data) => (answer += data.toString()))
    socket.on('error', () => resolve(''))
    socket.on('close', () => resolve(answer))
  })
}
