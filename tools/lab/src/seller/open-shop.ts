import { Redis } from 'ioredis'
import pg from 'pg'
import type { Point } from '../strategies/points.ts'
import type { Sell, Shop, Strategy } from '../strategies/strategy.ts'
import type { ShopSettings } from './messages.ts'
import type { CommandWatcher } from './watch-commands.ts'
import { openZooKeeper, type ZooKeeperSession } from './zookeeper-session.ts'

export interface OpenShop {
  readonly sell: Sell
  readonly masters: () => readonly Redis[]
  readonly close: () => Promise<void>
}

/** Generous, since a session depends on heartbeats, which a busy machine delays. */
const sessionLeases = 1.5
/** Lanes of a process under load; each may want a connection for itself. */
const postgresConnectionsMax = 16

/** Opens one strategy in this process. Connections are made when the strategy first asks for them. */
export async function openShop(
  { strategy, places, shopId, leaseMs, waitMs }: ShopSettings,
  at: (point: Point) => Promise<void>,
  watcher: CommandWatcher,
): Promise<OpenShop> {
  const closers: (() => unknown)[] = []
  const connect = (url: string, reconnects = true) => {
    const retryStrategy = () => (reconnects ? 20 : null)
    const redis = new Redis(url, { maxRetriesPerRequest: null, retryStrategy })
    redis.on('error', () => undefined)
    closers.push(() => redis.disconnect())
    return redis
  }
  const redis = once(() => connect(places.redisUrl))
  const lockRedis = once(() => connect(places.lockRedisUrl))
  const masters = once(() => places.masterUrls.map((url) => connect(url)))
  const postgres = once(() => openPostgres(places.postgresUrl, waitMs, closers))
  const zookeeper = once(async (): Promise<ZooKeeperSession> => {
    if (places.zookeeper === undefined) throw new Error('there is no ZooKeeper')
    const session = await openZooKeeper(places.zookeeper, leaseMs * sessionLeases, watcher)
    closers.push(() => session.close())
    return session
  })
  const shop: Shop = {
    get redis() {
      return redis()
    },
    connect: (options) => connect(places.redisUrl, options?.reconnects),
    get lockRedis() {
      return lockRedis()
    },
    get masters() {
      return masters()
    },
    get postgres() {
      return postgres()
    },
    zookeeper,
    product: places.product,
    stock: `shop-${shopId}-stock`,
    orders: `shop-${shopId}-orders`,
    lock: `shop-${shopId}-lock`,
    row: shopId,
    leaseMs,
    waitMs,
    at,
    onClose: (close) => closers.push(close),
  }
  const file = new URL(`../strategies/${strategy}${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url)
  const opened: Strategy = await import(file.href)
  const sell = await opened.open(shop)
  return {
    sell,
    masters,
    close: async () => {
      for (const close of closers.toReversed()) await close()
    },
  }
}

function openPostgres(connectionString: string, waitMs: number, closers: (() => unknown)[]): pg.Pool {
  const pool = new pg.Pool({
    connectionString,
    max: postgresConnectionsMax,
    // A wait for a row's lock is bounded by the buyer's patience.
    options: `-c lock_timeout=${waitMs}`,
  })
  pool.on('error', () => undefined)
  closers.push(() => pool.end())
  return pool
}

function once<Thing>(make: () => Thing): () => Thing {
  let made: { thing: Thing } | undefined
  return () => (made ??= { thing: make() }).thing
}
