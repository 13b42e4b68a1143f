import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { RedisServer } from '@flash-sale/local-stack/redis/find-redis-server'
import { startRedis, type LocalRedis } from '@flash-sale/local-stack/redis/start-redis'
import { Redis } from 'ioredis'
import { openRelay } from './relay.ts'

export interface RedisGround {
  readonly server: RedisServer
  readonly folder: string
  readonly recordPid: (pid: number) => void
  readonly signal: AbortSignal
}

/** A Redis server that faults are aimed at. */
export interface RedisUnderFault {
  /** Where its clients find it, whichever server is the master. */
  readonly url: string
  /** Acts like a clock that jumps ahead: every key with an expiry ends. */
  readonly jumpClock: () => Promise<void>
  /** Ends the connections of all clients. */
  readonly endConnections: () => Promise<void>
  /** Kills the process and starts another one at its address, without its data. */
  readonly restartEmpty: () => Promise<void>
  readonly stop: () => Promise<void>
}

/** A master with a replica. */
export interface RedisPair extends RedisUnderFault {
  /** Stops copying to the replica. */
  readonly cutReplication: () => Promise<void>
  /** Kills the master and makes the replica the master at the same address. */
  readonly failOver: () => Promise<void>
}

const syncWithinMs = 20_000
/** Redis waits five seconds for more replicas before it copies itself to the first. */
const copyAtOnce = ['--repl-diskless-sync-delay', '0']

/** Starts a server with a disk of its own. */
export async function startRedisUnderFault(ground: RedisGround, name: string): Promise<RedisUnderFault> {
  let lives = 0
  const start = (port?: number) => {
    lives += 1
    const { server, recordPid, signal } = ground
    const dataDir = path.join(ground.folder, `${name}-${lives}`)
    return startRedis({ server, recordPid, signal, dataDir, ...(port !== undefined && { port }) })
  }
  let running = await start()
  return {
    url: running.url,
    jumpClock: () => withClient(running.url, expireAll),
    endConnections: () => withClient(running.url, endAll),
    restartEmpty: async () => {
      await killRedis(running)
      running = await start(running.port)
    },
    stop: () => running.stop(),
  }
}

/** Starts a master, and a replica that has caught up with it. */
export async function startRedisPair(ground: RedisGround, name: string): Promise<RedisPair> {
  const { server, recordPid, signal, folder } = ground
  const start = (role: string) =>
    startRedis({ server, recordPid, signal, dataDir: path.join(folder, `${name}-${role}`), extraArgs: copyAtOnce })
  const [master, replica] = await Promise.all([start('master'), start('replica')])
  const [address, replication] = await Promise.all([openRelay(master.port), openRelay(master.port)])
  await withClient(replica.url, async (redis) => {
    await redis.replicaof('127.0.0.1', replication.port)
    await until(async () => (await redis.info('replication')).includes('master_link_status:up'))
  })
  return {
    url: `redis://127.0.0.1:${address.port}`,
    jumpClock: () => withClient(master.url, expireAll),
    endConnections: () => withClient(master.url, endAll),
    restartEmpty: () => Promise.reject(new Error('a pair is failed over, not restarted')),
    cutReplication: async () => {
      replication.cut()
      await withClient(master.url, (redis) =>
        until(async () => (await redis.info('replication')).includes('connected_slaves:0')),
      )
    },
    failOver: async () => {
      await killRedis(master)
      await withClient(replica.url, (redis) => redis.replicaof('NO', 'ONE'))
      address.leadTo(replica.port)
    },
    stop: async () => {
      address.close()
      replication.close()
      await Promise.all([master.stop(), replica.stop()])
    },
  }
}

async function killRedis(redis: LocalRedis): Promise<void> {
  redis.kill('SIGKILL')
  await redis.exited
}

async function expireAll(redis: Redis): Promise<void> {
  for (const key of await redis.keys('*')) {
    if ((await redis.pttl(key)) > 0) await redis.pexpire(key, 0)
  }
}

async function endAll(redis: Redis): Promise<void> {
  await redis.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes')
}

async function withClient(url: string, use: (redis: Redis) => Promise<unknown>): Promise<void> {
  const redis = new Redis(url)
  redis.on('error', () => undefined)
  try {
    await use(redis)
  } finally {
    redis.disconnect()
  }
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + syncWithinMs
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error('a replica did not follow its master in time')
    await sleep(20)
  }
}
