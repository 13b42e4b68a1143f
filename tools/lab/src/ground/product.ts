import { readItem } from '@flash-sale/database/items'
import { connectDatabase } from '@flash-sale/database/connect'
import { migrate } from '@flash-sale/database/migrate'
import { insertSale } from '@flash-sale/database/sales'
import type { LocalPostgres } from '@flash-sale/local-stack/postgres/start-postgres'
import { startApp } from '@flash-sale/local-stack/apps/start-app'
import { createLocks } from '@flash-sale/lock/locks'
import { createLogger } from '@flash-sale/runtime/logger'
import { connectRedis } from '@flash-sale/runtime/redis'
import { readLedger } from '@flash-sale/stock/read-ledger'
import { rebuildItem } from '@flash-sale/upkeep/rebuild-item'

/** The product's own stores with its own worker, for the strategy that is the product. */
export interface Product {
  readonly redisUrl: string
  readonly databaseUrl: string
  /** Puts an item on sale. Resolves with its id when it can be ordered. */
  readonly putOnSale: (units: number) => Promise<number>
  /** Units that the ledger offers. Undefined while the ledger is being rebuilt. */
  readonly unitsLeft: (itemId: number) => Promise<number | undefined>
  /** Buyers whose orders are rows in Postgres, one for each row. */
  readonly kept: (itemId: number) => Promise<string[]>
  /** The worker's process: SIGSTOP and SIGCONT. */
  readonly worker: Worker
  readonly stop: () => Promise<void>
}

export interface Worker {
  readonly pause: () => void
  readonly resume: () => void
}

export interface StartProductOptions {
  readonly redisUrl: string
  readonly postgres: LocalPostgres
  /** The name of its own database. Two workers on one database would each rebuild the items that their own Redis lacks. */
  readonly database: string
  readonly signal: AbortSignal
}

const hourMs = 3_600_000

export async function startProduct({ redisUrl, postgres, database, signal }: StartProductOptions): Promise<Product> {
  const databaseUrl = postgres.url(database)
  await migrate(databaseUrl)
  const worker = await startApp({
    name: 'worker',
    env: { REDIS_URL: redisUrl, DATABASE_URL: databaseUrl, PORT: '0', HOST: '127.0.0.1', LOG_LEVEL: 'fatal' },
    stopWithinMs: 3_000,
    signal,
  })
  const logger = createLogger({ name: 'lab', level: 'silent' })
  const redis = connectRedis({ url: redisUrl, role: 'scripts', logger })
  const stores = {
    redis,
    database: connectDatabase(databaseUrl, { poolSizeMax: 2, statementTimeoutMs: 10_000 }),
    locks: createLocks(redis),
  }
  return {
    redisUrl,
    databaseUrl,
    async putOnSale(units) {
      const window = { opensAt: new Date(Date.now() - hourMs), closesAt: new Date(Date.now() + hourMs) }
      const item = { sku: 'LAB', name: 'Lab item', priceCents: 100, total: units, purchaseLimit: 1 }
      const { items } = await insertSale(stores.database, { name: 'Lab', ...window, items: [item] })
      const itemId = items[0]!.id
      await rebuildItem(stores, itemId, { waitMs: 5_000, onlyIfUnsound: true })
      return itemId
    },
    async unitsLeft(itemId) {
      const ledger = await readLedger(redis, itemId)
      if (ledger === 'NOT_LOADED') return undefined
      const item = await readItem(stores.database, itemId)
      return ledger.epoch === item?.epoch ? ledger.available : undefined
    },
    async kept(itemId) {
      const rows = await stores.database.order.findMany({
        where: { itemId, status: 'confirmed' },
        select: { buyer: true },
      })
      return rows.map(({ buyer }) => buyer)
    },
    worker: { pause: () => worker.kill('SIGSTOP'), resume: () => worker.kill('SIGCONT') },
    async stop() {
      // A stopped process would not hear that it shall end.
      worker.kill('SIGCONT')
      await worker.stop()
      stores.locks.close()
      redis.disconnect()
      await stores.database.$disconnect()
    },
  }
}
