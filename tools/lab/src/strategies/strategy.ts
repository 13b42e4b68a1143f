import type { Redis } from 'ioredis'
import type { Pool } from 'pg'
import type { ZooKeeperSession } from '../seller/zookeeper-session.ts'
import type { Point } from './points.ts'

export type Outcome = 'sold' | 'sold out' | 'gave up'

/** Sells one unit to a buyer. `gave up`: the buyer's patience ended first. */
export type Sell = (buyer: string) => Promise<Outcome>

/** The means of a strategy in one process. Connections are opened at their first use, and the process closes them. */
export interface Shop {
  /** The Redis with the stock. */
  readonly redis: Redis
  /** One more connection to it. */
  readonly connect: (options?: { readonly reconnects: boolean }) => Redis
  /** The Redis with the lock, which may be another one. */
  readonly lockRedis: Redis
  /** Five Redis servers that know nothing of each other. */
  readonly masters: readonly Redis[]
  readonly postgres: Pool
  readonly zookeeper: () => Promise<ZooKeeperSession>
  /** The product's own stores, for its own way of selling. */
  readonly product: { readonly redisUrl: string; readonly databaseUrl: string; readonly itemId: number }
  /** Key of the number of units that are left. */
  readonly stock: string
  /** Key of the list of buyers whose orders are on record. */
  readonly orders: string
  readonly lock: string
  /** Id of the stock's row in `lab_stock`. */
  readonly row: number
  readonly leaseMs: number
  /** How long a buyer waits. */
  readonly waitMs: number
  /** Reports that a named point is reached. A fault may hold, stop or kill the process here. */
  readonly at: (point: Point) => Promise<void>
  readonly onClose: (close: () => unknown) => void
}

/** A file of this folder. */
export interface Strategy {
  readonly open: (shop: Shop) => Sell | Promise<Sell>
}
