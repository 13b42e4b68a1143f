import { Queue } from 'bullmq'
import { Redis } from 'ioredis'
import type { Needs } from '../faults/stage.ts'
import type { Places, ShopSettings } from '../seller/messages.ts'
import type { Books } from './books.ts'
import type { Ground } from './ground.ts'
import { startProduct, type Product, type Worker } from './product.ts'
import { startRedisPair, startRedisUnderFault, type RedisPair, type RedisUnderFault } from './redis-under-fault.ts'

/** The stock of one shop, and the servers for it alone. */
export interface Stand {
  readonly settings: Pick<ShopSettings, 'places' | 'shopId'>
  readonly servers: readonly RedisUnderFault[]
  readonly pair: RedisPair | undefined
  /** The product's worker, if the product is of this trial alone. */
  readonly worker: Worker | undefined
  /** The remaining units in the store, read by the lab itself. */
  readonly unitsLeft: () => Promise<number | undefined>
  readonly kept: () => Promise<string[] | undefined>
  /** Whether orders are recorded a moment after their buyers' answers. */
  readonly settlesLater: boolean
  readonly close: () => Promise<void>
}

export interface StandOptions {
  readonly stock: number
  readonly needs: Needs
  /** Whether to start five masters even without a fault of a master. */
  readonly withMasters?: boolean
}

const masterCount = 5
let shopCount = 0

/** Makes a stock for one trial. */
export async function openStand(ground: Ground, books: Books, options: StandOptions): Promise<Stand> {
  shopCount += 1
  const shopId = shopCount
  const name = `shop-${shopId}`
  const servers = await startServers(ground, name, options)
  const pair = options.needs === 'a Redis with a replica' ? await startRedisPair(ground.redisGround, name) : undefined
  const own = pair ?? servers[0]
  const product = books === 'product' ? await productOn(ground, name, own) : undefined
  const itemId = product ? await product.putOnSale(options.stock) : 0
  // The stock of a strategy that keeps its orders in Redis goes down with the Redis that a fault strikes.
  const stockUrl = books === 'redis with orders' && own ? own.url : undefined
  const redis = stockUrl === undefined ? ground.redis : connectTo(stockUrl)
  const stores = { ...ground, redis }
  if (!product) await layOut(stores, shopId, options.stock)
  const places: Places = {
    redisUrl: stockUrl ?? ground.redisUrl,
    lockRedisUrl: own?.url ?? ground.redisUrl,
    masterUrls: servers.map(({ url }) => url),
    postgresUrl: ground.postgresUrl,
    zookeeper: 'address' in ground.zookeeper ? ground.zookeeper.address : undefined,
    product: { redisUrl: product?.redisUrl ?? '', databaseUrl: product?.databaseUrl ?? '', itemId },
  }
  return {
    settings: { places, shopId },
    servers,
    pair,
    worker: product && own ? product.worker : undefined,
    settlesLater: books === 'product',
    ...(product ? readersOfProduct(product, itemId) : readersOf(stores, books, shopId)),
    async close() {
      if (product && own) await product.stop()
      if (redis !== ground.redis) redis.disconnect()
      await Promise.all([...servers, ...(pair ? [pair] : [])].map((server) => server.stop()))
    },
  }
}

function connectTo(url: string): Redis {
  const redis = new Redis(url, { retryStrategy: () => 20 })
  redis.on('error', () => undefined)
  return redis
}

async function startServers(ground: Ground, name: string, { needs, withMasters }: StandOptions) {
  const count = needs === 'five masters' || withMasters ? masterCount : needs === 'one Redis' ? 1 : 0
  const indexes = Array.from({ length: count }, (_, i) => i)
  return Promise.all(indexes.map((i) => startRedisUnderFault(ground.redisGround, `${name}-${i}`)))
}

/** The shared Redis, or a separate one if a fault strikes Redis. */
function productOn(ground: Ground, name: string, own: RedisUnderFault | undefined): Promise<Product> {
  if (!own) return ground.product()
  const { postgres, redisGround } = ground
  return startProduct({ redisUrl: own.url, postgres, database: name, signal: redisGround.signal })
}

async function layOut({ redis, sql }: Ground, shopId: number, stock: number): Promise<void> {
  await redis.set(`shop-${shopId}-stock`, stock)
  await sql.query('INSERT INTO lab_stock (id, units) VALUES ($1, $2)', [shopId, stock])
}

function readersOfProduct(product: Product, itemId: number): Pick<Stand, 'unitsLeft' | 'kept'> {
  return { unitsLeft: () => product.unitsLeft(itemId), kept: () => product.kept(itemId) }
}

function readersOf({ redis, sql, redisUrl }: Ground, books: Books, shopId: number): Pick<Stand, 'unitsLeft' | 'kept'> {
  const orders = `shop-${shopId}-orders`
  const inRedis = async () => Number(await redis.get(`shop-${shopId}-stock`))
  switch (books) {
    case 'redis with orders':
      return { unitsLeft: inRedis, kept: () => redis.lrange(orders, 0, -1) }
    case 'redis with queue':
      return { unitsLeft: inRedis, kept: () => buyersInQueue(redisUrl, orders) }
    case 'postgres':
      return {
        async unitsLeft() {
          const { rows } = await sql.query<{ units: number }>('SELECT units FROM lab_stock WHERE id = $1', [shopId])
          return rows[0]?.units
        },
        async kept() {
          const query = 'SELECT buyer FROM lab_orders WHERE stock_id = $1'
          const { rows } = await sql.query<{ buyer: string }>(query, [shopId])
          return rows.map(({ buyer }) => buyer)
        },
      }
    default:
      return { unitsLeft: inRedis, kept: () => Promise.resolve(undefined) }
  }
}

async function buyersInQueue(redisUrl: string, name: string): Promise<string[]> {
  const connection = new Redis(redisUrl, { maxRetriesPerRequest: null })
  const queue = new Queue<{ buyer: string }>(name, { connection })
  try {
    const jobs = await queue.getJobs(['waiting', 'prioritized', 'delayed'])
    return jobs.map((job) => job.data.buyer)
  } finally {
    await queue.close()
    connection.disconnect()
  }
}
