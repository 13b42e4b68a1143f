import { mkdir } from 'node:fs/promises'
import path from 'node:path'
import getPort from 'get-port'
import { Redis } from 'ioredis'
import { findRedisServer, type RedisServer } from './find-redis-server.ts'
import { openLog, startOwnProcess, type Exit } from '../machine/own-process.ts'
import { runRedisInDocker, type RunningRedis } from './run-redis-in-docker.ts'

export interface StartRedisOptions {
  /** Created if missing. A later Redis on the same folder has the same data. */
  readonly dataDir: string
  /** Default: a free port. A given port that is taken is an error. */
  readonly port?: number
  readonly appendFsync?: 'always' | 'everysec'
  readonly extraArgs?: readonly string[]
  /** Default: the server that findRedisServer finds. */
  readonly server?: RedisServer
  readonly onProgress?: (line: string) => void
  /** Called with the process id at once, so that the next run can end the process if this one is killed. */
  readonly recordPid?: (pid: number) => void
  /** Stops starting: the process ends, and the promise rejects. */
  readonly signal?: AbortSignal | undefined
}

export interface LocalRedis {
  readonly url: string
  readonly port: number
  readonly pid: number
  readonly dataDir: string
  readonly exited: Promise<Exit>
  readonly kill: (signal: NodeJS.Signals) => void
  readonly stop: () => Promise<void>
}

// Starting takes 10 ms; loading a large append-only file takes longer.
const READY_WITHIN_MS = 60_000
const PORT_ATTEMPTS_MAX = 5

/** Starts a Redis of our own on 127.0.0.1, with the settings of the design. Resolves when it answers. */
export async function startRedis(options: StartRedisOptions): Promise<LocalRedis> {
  const server = options.server ?? (await findRedisServer(options))
  const dataDir = path.resolve(options.dataDir)
  options.signal?.throwIfAborted()
  await mkdir(dataDir, { recursive: true })
  if (options.port !== undefined) return startOnPort(server, dataDir, options.port, options)
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await startOnPort(server, dataDir, await getPort({ host: '127.0.0.1' }), options)
    } catch (error) {
      const isTaken = error instanceof Error && /address already in use|port is already allocated/i.test(error.message)
      if (!isTaken || attempt === PORT_ATTEMPTS_MAX) throw error
    }
  }
}

async function startOnPort(
  server: RedisServer,
  dataDir: string,
  port: number,
  options: StartRedisOptions,
): Promise<LocalRedis> {
  const log = openLog(path.join(dataDir, 'redis.log'))
  const settings = redisSettings(options)
  let running: RunningRedis
  try {
    running =
      server.origin === 'docker'
        ? await runRedisInDocker({ server, port, dataDir, settings, logFd: log.fd })
        : await startOwnProcess({
            command: server.command,
            args: [...settings, '--bind', '127.0.0.1', '--port', String(port), '--dir', dataDir],
            env: { ...process.env, ...server.env },
            stdio: ['ignore', log.fd, log.fd],
            stopSignal: 'SIGTERM',
            stopWithinMs: 10_000,
          })
  } finally {
    log.close()
  }
  options.recordPid?.(running.pid)
  const giveUp = () => void running.stop()
  options.signal?.addEventListener('abort', giveUp)
  if (options.signal?.aborted) giveUp()
  try {
    await answering(running, port, server.origin === 'docker')
    options.signal?.throwIfAborted()
  } catch (error) {
    await running.stop()
    const why = [error instanceof Error ? error.message : String(error), log.lastLines(5)].join('\n').trim()
    throw new Error(`Redis did not start on port ${port}: ${why}`, { cause: error })
  } finally {
    options.signal?.removeEventListener('abort', giveUp)
  }
  const { pid, exited, kill, stop } = running
  return { url: `redis://127.0.0.1:${port}`, port, pid, dataDir, exited, kill, stop }
}

function redisSettings({ appendFsync = 'always', extraArgs = [] }: StartRedisOptions): string[] {
  return [
    // An accepted order exists only in Redis until the worker has persisted it. It must survive a crash and never be evicted.
    ['--appendonly', 'yes', '--appendfsync', appendFsync, '--no-appendfsync-on-rewrite', 'no'],
    ['--maxmemory-policy', 'noeviction', '--save', ''],
    // With the default of 512 the hashes of a small item are scanned from end to end, which takes 22 us an order instead of 4.
    ['--hash-max-listpack-entries', '128'],
    // The data folder stays in the command line, so that a later run recognises a process that it may end.
    ['--set-proc-title', 'no', '--daemonize', 'no'],
    extraArgs,
  ].flat()
}

/** Waits for *this* Redis, since another one may listen on the port and answer too. */
async function answering(running: RunningRedis, port: number, isInDocker: boolean): Promise<void> {
  const redis = new Redis({ host: '127.0.0.1', port, retryStrategy: () => 5, maxRetriesPerRequest: null })
  redis.on('error', () => undefined)
  let timer: NodeJS.Timeout | undefined
  try {
    const info = await Promise.race([
      redis.info('server'),
      running.exited.then(() => Promise.reject(new Error('it exited'))),
      new Promise<never>((_, reject) => {
        timer = setTimeout(() => reject(new Error(`no answer in ${READY_WITHIN_MS} ms`)), READY_WITHIN_MS)
      }),
    ])
    const answeredBy = Number(/^process_id:(\d+)/m.exec(info)?.[1])
    if (!isInDocker && answeredBy !== running.pid)
      throw new Error('address already in use: another Redis answers there')
  } finally {
    clearTimeout(timer)
    redis.disconnect()
  }
}
