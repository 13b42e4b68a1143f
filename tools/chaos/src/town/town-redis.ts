import { cp, rm } from 'node:fs/promises'
import path from 'node:path'
import { runCommand } from '@flash-sale/local-stack/machine/run-command'
import { startRedis, type LocalRedis } from '@flash-sale/local-stack/redis/start-redis'
import { Redis } from 'ioredis'
import { followMaster, type TownReplica } from './town-replica.ts'

/** The Redis of the town, at one address whatever becomes of the server. */
export interface TownRedis {
  /** A connection past every proxy, which comes back by itself. */
  readonly client: Redis
  readonly url: string
  readonly kill: () => Promise<void>
  /** On the data that were there, unless another folder is given. */
  readonly start: (dataDir?: string) => Promise<void>
  /** The log may not grow any more: at the next write the server ends by itself, since it cannot keep its promise. Needs Linux. */
  readonly fillDisk: () => Promise<void>
  readonly pause: () => void
  readonly resume: () => void
  /** A copy of the folder as it is now, as a backup would take it. Resolves with its path. */
  readonly copyFolder: () => Promise<string>
  /** A path for another folder, which is not there yet. */
  readonly newFolder: () => string
  /** Starts a server that follows this one. It ends with the town. */
  readonly attachReplica: () => Promise<void>
  readonly replica: () => TownReplica
  /** Ends the server at once, also a paused one. */
  readonly stop: () => Promise<void>
}

export interface TownRedisOptions {
  readonly folder: string
  readonly recordPid: (pid: number) => void
  readonly signal: AbortSignal
}

const extraArgs = [
  // For DEBUG SLEEP.
  ['--enable-debug-command', 'yes'],
  // Redis waits five seconds for more replicas before it copies itself to the first.
  ['--repl-diskless-sync-delay', '0'],
].flat()

export async function startTownRedis({ folder, ...options }: TownRedisOptions): Promise<TownRedis> {
  let folderCount = 0
  const newFolder = () => {
    folderCount += 1
    return path.join(folder, `redis-${folderCount}`)
  }
  const others: LocalRedis[] = []
  let replica: TownReplica | undefined
  let server = await startRedis({ ...options, dataDir: newFolder(), extraArgs })
  const { url, port } = server
  const client = new Redis(url, { maxRetriesPerRequest: null, retryStrategy: () => 20 })
  client.on('error', () => undefined)
  return {
    client,
    url,
    newFolder,
    async kill() {
      server.kill('SIGKILL')
      await server.exited
    },
    async start(dataDir = server.dataDir) {
      server = await startRedis({ ...options, dataDir, port, extraArgs })
    },
    async fillDisk() {
      const limited = await runCommand('prlimit', ['--pid', String(server.pid), '--fsize=1'], { timeoutMs: 5_000 })
      if (!limited.ok) throw new Error(`the disk of Redis could not be filled: ${limited.complaint}`)
      await server.exited
    },
    pause: () => server.kill('SIGSTOP'),
    resume: () => server.kill('SIGCONT'),
    async copyFolder() {
      const copy = newFolder()
      await rm(copy, { recursive: true, force: true })
      await cp(server.dataDir, copy, { recursive: true })
      return copy
    },
    async attachReplica() {
      const other = await startRedis({ ...options, dataDir: newFolder(), extraArgs })
      others.push(other)
      replica = await followMaster(other, port, options.signal)
    },
    replica() {
      if (!replica) throw new Error('no replica was attached')
      return replica
    },
    async stop() {
      client.disconnect()
      for (const each of [server, ...others]) {
        each.kill('SIGKILL')
        await each.exited
      }
    },
  }
}
