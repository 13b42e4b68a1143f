import path from 'node:path'
import { findRedisServer } from '@flash-sale/local-stack/redis/find-redis-server'
import { findZooKeeper } from '@flash-sale/local-stack/zookeeper/find-zookeeper'
import type { RunFolder } from '@flash-sale/local-stack/machine/run-folder'
import { startPostgres, type LocalPostgres } from '@flash-sale/local-stack/postgres/start-postgres'
import { startRedis } from '@flash-sale/local-stack/redis/start-redis'
import { startZooKeeper } from '@flash-sale/local-stack/zookeeper/start-zookeeper'
import { StartupError } from '@flash-sale/runtime/startup-error'
import { Redis } from 'ioredis'
import pg from 'pg'
import { startProduct, type Product } from './product.ts'
import type { RedisGround } from './redis-under-fault.ts'

/** The stores that all strategies share. Each shop has its own keys and rows. */
export interface Ground {
  readonly redisUrl: string
  readonly postgresUrl: string
  readonly postgres: LocalPostgres
  /** The address of ZooKeeper, or one line why there is none. */
  readonly zookeeper: { readonly address: string } | { readonly missing: string }
  /** The product with a worker, on its own Redis. It starts at the first call. */
  readonly product: () => Promise<Product>
  /** Starts servers for faults. */
  readonly redisGround: RedisGround
  /** The lab's own connections. */
  readonly redis: Redis
  readonly sql: pg.Pool
  readonly versions: readonly string[]
  readonly stop: () => Promise<void>
}

export interface OpenGroundOptions {
  readonly runFolder: RunFolder
  readonly onProgress: (line: string) => void
  readonly signal: AbortSignal
  readonly withZooKeeper: boolean
}

/** ZooKeeper ends a session at the next of its ticks. */
const tickMs = 100

/** Starts all stores side by side, on free ports of 127.0.0.1. Stops what it started when one of them fails. */
export async function openGround(options: OpenGroundOptions): Promise<Ground> {
  const { runFolder, onProgress, signal } = options
  const { recordPid } = runFolder
  const folder = (name: string) => path.join(runFolder.path, name)
  const server = await findRedisServer({ onProgress, signal })
  // A Redis in a container could neither be killed at once nor follow a master on this machine.
  if (server.origin === 'docker')
    throw new StartupError(
      'The lab needs a redis-server that it can run and kill itself; in Docker it cannot. Install redis-server so that it is on PATH.',
    )
  const started: { stop: () => Promise<void> }[] = []
  const keep = async <Thing extends { stop: () => Promise<void> }>(starting: Promise<Thing>): Promise<Thing> => {
    const thing = await starting
    started.push(thing)
    return thing
  }
  const shared = { recordPid, signal }
  const stop = async () => {
    await Promise.all(started.splice(0).map((thing) => thing.stop()))
  }
  const begun = await Promise.allSettled([
    keep(startRedis({ server, dataDir: folder('redis'), ...shared })),
    keep(startPostgres({ dataDir: folder('postgres'), onProgress, ...shared })),
    options.withZooKeeper ? openZooKeeper(folder('zookeeper'), options, keep) : { missing: 'not asked for' },
  ])
  try {
    const [redis, postgres, zookeeper] = begun.map(valueOf) as [{ url: string }, LocalPostgres, Ground['zookeeper']]
    const connections = await openConnections(redis.url, postgres.url('lab'), postgres)
    const product = startOnce(async () => {
      const own = await keep(startRedis({ server, dataDir: folder('product-redis'), ...shared }))
      return keepProduct(keep, { redisUrl: own.url, postgres, database: 'product', signal })
    })
    return {
      redisUrl: redis.url,
      postgresUrl: postgres.url('lab'),
      postgres,
      zookeeper,
      product,
      redisGround: { server, folder: folder('faults'), recordPid, signal },
      ...connections,
      versions: await versionsOf(connections, zookeeper),
      async stop() {
        connections.redis.disconnect()
        await connections.sql.end()
        // The product's worker ends first, since it would wait for its stores.
        const products = started.filter((thing) => 'putOnSale' in thing)
        await Promise.all(products.map((thing) => thing.stop()))
        await stop()
      },
    }
  } catch (error) {
    await stop()
    throw error
  }
}

function valueOf(result: PromiseSettledResult<unknown>): unknown {
  if (result.status === 'rejected') throw result.reason
  return result.value
}

type Keep = <Thing extends { stop: () => Promise<void> }>(starting: Promise<Thing>) => Promise<Thing>

function keepProduct(keep: Keep, options: Parameters<typeof startProduct>[0]): Promise<Product> {
  return keep(startProduct(options))
}

function startOnce<Thing>(start: () => Promise<Thing>): () => Promise<Thing> {
  let starting: Promise<Thing> | undefined
  return () => (starting ??= start())
}

async function openZooKeeper(
  dataDir: string,
  { onProgress, signal, runFolder }: OpenGroundOptions,
  keep: Keep,
): Promise<Ground['zookeeper']> {
  const server = await findZooKeeper({ onProgress, signal })
  if (server.kind === 'NOT_FOUND') return { missing: server.why }
  const { recordPid } = runFolder
  return keep(startZooKeeper({ server, dataDir, tickMs, recordPid, signal }))
}

async function openConnections(redisUrl: string, postgresUrl: string, postgres: LocalPostgres) {
  const admin = new pg.Client({ connectionString: postgres.url('postgres') })
  await admin.connect()
  await admin.query('CREATE DATABASE lab')
  await admin.end()
  const sql = new pg.Pool({ connectionString: postgresUrl, max: 2 })
  sql.on('error', () => undefined)
  await sql.query(`
    CREATE TABLE lab_stock (
      id integer PRIMARY KEY, units integer NOT NULL, version integer NOT NULL DEFAULT 0, fence bigint NOT NULL DEFAULT 0
    );
    CREATE TABLE lab_orders (stock_id integer NOT NULL, buyer text NOT NULL)`)
  const redis = new Redis(redisUrl)
  redis.on('error', () => undefined)
  return { redis, sql }
}

async function versionsOf(
  { redis, sql }: { redis: Redis; sql: pg.Pool },
  zookeeper: Ground['zookeeper'],
): Promise<string[]> {
  const redisVersion = /redis_version:(\S+)/.exec(await redis.info('server'))?.[1] ?? ''
  const { rows } = await sql.query<{ version: string }>(`SELECT current_setting('server_version') AS version`)
  const postgresVersion = rows[0]?.version ?? ''
  const versions = [`Node ${process.versions.node}`, `Redis ${redisVersion}`, `Postgres ${postgresVersion}`]
  return 'address' in zookeeper ? [...versions, 'ZooKeeper'] : versions
}
