import type { FastifyInstance, RawServerDefault } from 'fastify'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FeedHorizon } from '@flash-sale/database/feed/feed-horizon'
import type { AcceptedBatches } from '@flash-sale/stock/accepted-batches'
import type { KnownLedgers } from '@flash-sale/stock/known-ledgers'
import type { ReservationBatcher } from '@flash-sale/stock/reservation-batcher'
import type { Stores } from '@flash-sale/upkeep/stores'
import type { StoreWatch } from '@flash-sale/upkeep/watch-stores'
import type { Doorbell } from '@flash-sale/queue/order-queue'
import type { AcknowledgementLevel } from '@flash-sale/contract/health'
import type { RedisStanding } from '@flash-sale/runtime/redis-standing'
import type { BoundedWork } from '@flash-sale/runtime/bounded-work'
import type { AddressRule } from '@flash-sale/webhooks/webhook-url'
import type { PaymentProvider } from '@flash-sale/payments/payment-provider'
import type { Redis } from 'ioredis'
import type { Logger } from 'pino'
import type { Registry } from 'prom-client'
import type { OrderCounts } from './live/count-orders.ts'
import type { IncomingMessage, ServerResponse } from 'node:http'

/** Everything that routes may use. Each route takes the parts that it needs. */
export interface ApiContext {
  /** The stores for operators' acts. Their Redis connection is their own, since a rebuild sends much. */
  readonly stores: Stores
  readonly watch: StoreWatch
  /** The connection for reads. It fails at once while Redis is away. */
  readonly readRedis: Redis
  /** The connection for orders, and for nothing else. */
  readonly orderRedis: Redis
  /** Bounds the reads that anybody may cause: how many run at a time, and how many wait. */
  readonly reads: BoundedWork
  readonly ledgers: KnownLedgers
  readonly batcher: ReservationBatcher
  /** What this process accepted and does not know to be committed. */
  readonly accepted: AcceptedBatches
  /** Makes the sweep look again at an item whose ledger cannot be trusted. */
  readonly unsettle: (itemId: number) => void
  /** How far the feed of orders may be read. */
  readonly horizon: FeedHorizon
  /** Where webhooks may be sent. */
  readonly webhookRule: AddressRule
  /** The doorbell's queue, for operators. */
  readonly queue: Doorbell['queue']
  /** Who takes money; undefined: payments are off. */
  readonly payments: { readonly provider: PaymentProvider } | undefined
  /** The address of the shop in browsers, if the settings tell it. */
  readonly shopUrl: string | undefined
  /** Whether orders may be sent to Redis. */
  readonly standing: RedisStanding
  /** What an accepted order survives now; undefined until it is known. */
  readonly acknowledgementLevel: () => AcknowledgementLevel | undefined
  /** Aborted when the process begins to stop. The process still answers then, but reports that it is not ready. */
  readonly stopping: AbortSignal
  /** Counts of this process, for its reports and for GET /metrics. */
  readonly counts: OrderCounts
  /** The metrics of GET /metrics. */
  readonly registry: Registry
}

export interface ApiSecrets {
  readonly jwtSecret: string
  readonly opsKey: string
  readonly devTokens: boolean
  /** Where buyers sign in, if the shop has such a place. */
  readonly signInUrl?: string | undefined
}

export type Api = FastifyInstance<RawServerDefault, IncomingMessage, ServerResponse, Logger, TypeBoxTypeProvider>
