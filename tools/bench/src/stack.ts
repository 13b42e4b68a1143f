import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createClient, type Client } from '@flash-sale/contract/client'
import type { RunFolder } from '@flash-sale/local-stack/machine/run-folder'
import { startApp, type App } from '@flash-sale/local-stack/apps/start-app'
import type { Services } from '@flash-sale/local-stack/start-services'
import { startRedis, type LocalRedis } from '@flash-sale/local-stack/redis/start-redis'
import { startApi, startStores, startWorker } from '@flash-sale/local-stack/start-stack'
import { Redis } from 'ioredis'
import { Client as Postgres } from 'pg'
import { benchModule } from './own-child.ts'

/** A figure's own stores, and ways to start the measured servers on them. Everything listens on 127.0.0.1. */
export interface Stack extends Services {
  readonly secrets: Secrets
  readonly redis: Redis
  readonly postgres: Postgres
  readonly redisPid: number
  readonly postgresPid: number
  readonly startApi: (env?: AppEnv) => Promise<Api>
  readonly startWorker: () => Promise<App>
  /** A Redis that follows the stack's own. */
  readonly startReplica: () => Promise<LocalRedis>
  /** A server of the bench itself, by the name of its module in servers/. */
  readonly startServer: (name: string, env?: AppEnv) => Promise<App>
  readonly stop: () => Promise<void>
}

export interface Api extends App {
  readonly client: Client
}

type AppEnv = Readonly<Record<string, string>>

export interface Secrets {
  readonly JWT_SECRET: string
  readonly OPS_KEY: string
}

export interface OpenStackOptions {
  readonly runFolder: RunFolder
  /** The stack's part of it. */
  readonly name: string
  readonly secrets: Secrets
  readonly onProgress: (line: string) => void
  readonly signal: AbortSignal
}

/** Short, since the data are deleted. */
const stopWithinMs = 3_000

/** Starts a new Redis and a new migrated Postgres, since nothing is measured on stores with other data. */
export async function openStack({ runFolder, name, secrets, onProgress, signal }: OpenStackOptions): Promise<Stack> {
  const dataDir = path.join(runFolder.path, name)
  const services = await startStores({ dataDir, recordPid: runFolder.recordPid, onProgress, signal })
  const redis = new Redis(services.redisUrl)
  // If a run is interrupted, the stores may end before these connections.
  redis.on('error', () => undefined)
  // Redis rewrites no append-only file, since a rewrite in one slice alone would look like a difference between contenders.
  await redis.config('SET', 'auto-aof-rewrite-percentage', '0')
  const postgres = new Postgres({ connectionString: services.databaseUrl })
  postgres.on('error', () => undefined)
  await postgres.connect()
  const apps: App[] = []
  const replicas: LocalRedis[] = []
  const keep = async <Started extends App>(starting: Promise<Started>): Promise<Started> => {
    const app = await starting
    apps.push(app)
    return app
  }
  const appOptions = (env: AppEnv = {}) => ({
    env: { ...secrets, NODE_ENV: 'production', LOG_LEVEL: 'error', ...env },
    onLine: (app: string, line: string) => onProgress(`${app}: ${line}`),
    stopWithinMs,
    signal,
  })
  return {
    ...services,
    secrets,
    redis,
    postgres,
    redisPid: Number(/process_id:(\d+)/.exec(await redis.info('server'))?.[1]),
    postgresPid: await postmasterPid(dataDir),
    startApi: (env) => keep(startApi(services, appOptions(env)).then((api) => withClient(api, secrets))),
    startWorker: () => keep(startWorker(services, appOptions())),
    startReplica: async () => {
      const folder = path.join(dataDir, `replica-${replicas.length}`)
      const replica = await startRedis({ dataDir: folder, recordPid: runFolder.recordPid, onProgress, signal })
      replicas.push(replica)
      await follow(replica, redis, new URL(services.redisUrl))
      return replica
    },
    startServer: (server, env = {}) => {
      const { redisUrl: REDIS_URL, databaseUrl: DATABASE_URL } = services
      const { onLine, ...options } = appOptions({ REDIS_URL, DATABASE_URL, ...env })
      const entry = benchModule(`servers/${server}`)
      return keep(startApp({ ...options, name: 'api', entry, onLine: (line) => onLine(server, line) }))
    },
    async stop() {
      await Promise.all(apps.map((app) => app.stop()))
      redis.disconnect()
      await postgres.end().catch(() => undefined)
      await Promise.all([services.stop(), ...replicas.map((replica) => replica.stop())])
    },
  }
}

const followWithinMs = 20_000
const followCheckMs = 50

/** Makes `replica` one of `master`. Resolves when the master counts on it. */
async function follow({ url }: LocalRedis, master: Redis, { hostname, port }: URL): Promise<void> {
  await master.config('SET', 'repl-diskless-sync-delay', '0')
  const replica = new Redis(url)
  await replica.replicaof(hostname, port)
  replica.disconnect()
  const giveUpAtMs = performance.now() + followWithinMs
  while (!/^slave0:.*state=online/m.test(await master.info('replication'))) {
    if (performance.now() > giveUpAtMs) throw new Error(`the replica did not follow within ${followWithinMs} ms`)
    await sleep(followCheckMs)
  }
}

function withClient(api: App, { OPS_KEY: opsKey }: Secrets): Api {
  return { ...api, client: createClient({ baseUrl: api.url, opsKey, timeoutMs: clientTimeoutMs }) }
}

/** An audit of a million orders takes its time. */
const clientTimeoutMs = 60_000

/** The file that Postgres writes beside its data. Its first line is the id of the main process. */
async function postmasterPid(dataDir: string): Promise<number> {
  const text = await readFile(path.join(dataDir, 'postgres', 'cluster', 'postmaster.pid'), 'utf8')
  return Number(text.split('\n')[0])
}
