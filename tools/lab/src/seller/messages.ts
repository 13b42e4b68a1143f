import type { Point } from '../strategies/points.ts'
import type { Outcome } from '../strategies/strategy.ts'
import type { Store } from './watch-commands.ts'

/** The addresses of a strategy's stores. */
export interface Places {
  readonly redisUrl: string
  readonly lockRedisUrl: string
  readonly masterUrls: readonly string[]
  readonly postgresUrl: string
  /** Undefined where there is no Java or no ZooKeeper. */
  readonly zookeeper: string | undefined
  readonly product: { readonly redisUrl: string; readonly databaseUrl: string; readonly itemId: number }
}

/** One shop that several processes open. */
export interface ShopSettings {
  readonly strategy: string
  readonly places: Places
  /** Names of keys begin with it, so that shops never meet. */
  readonly shopId: number
  readonly leaseMs: number
  readonly waitMs: number
  /** Whether each command is reported. */
  readonly traced: boolean
  readonly seed: number
}

/** An order of the lab to a selling process. */
export type Order =
  | { readonly kind: 'open'; readonly settings: ShopSettings }
  | { readonly kind: 'close' }
  | { readonly kind: 'sell'; readonly saleId: number; readonly buyer: string; readonly stopsAt: readonly Point[] }
  | { readonly kind: 'go on'; readonly saleId: number; readonly stopsAt: readonly Point[] }
  | { readonly kind: 'clock'; readonly aheadMs: number }
  | { readonly kind: 'cut masters'; readonly indexes: readonly number[] }
  | { readonly kind: 'load'; readonly lanes: number; readonly warmUpMs: number; readonly forMs: number }

/** A report of a selling process. Times are nanoseconds of the machine's monotonic clock, which all processes share. */
export type Report =
  | { readonly kind: 'ready' }
  | { readonly kind: 'done' }
  | { readonly kind: 'loaded'; readonly load: LoadReport }
  | { readonly kind: 'failed'; readonly why: string }
  | { readonly kind: 'asked'; readonly saleId: number; readonly atNs: string }
  | {
      readonly kind: 'point'
      readonly saleId: number
      readonly point: Point
      readonly waits: boolean
      readonly atNs: string
    }
  | { readonly kind: 'answer'; readonly saleId: number; readonly outcome: Outcome; readonly atNs: string }
  | {
      readonly kind: 'command'
      readonly store: Store
      readonly text: string
      readonly tookMs: number
      readonly atNs: string
    }

export interface LoadReport {
  readonly sold: number
  readonly soldOut: number
  readonly gaveUp: number
  /** Latencies of completed sales, without the warm-up. */
  readonly latenciesMs: readonly number[]
  readonly measuredMs: number
  readonly requests: Readonly<Record<Store, number>>
}
