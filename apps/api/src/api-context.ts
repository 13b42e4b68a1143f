import type { FastifyInstance, RawServerDefault } from 'fastify'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { AcceptedBatches } from '@flash-sale/stock/accepted-batches'
import type { KnownLedgers } from '@flash-sale/stock/known-ledgers'
import type { ReservationBatcher } from '@flash-sale/stock/reservation-batcher'
import type { Stores } from '@flash-sale/upkeep/hold-item'
import type { StoreWatch } from '@flash-sale/upkeep/watch-stores'
import type { Doorbell } from '@flash-sale/queue/order-queue'
import type { AcknowledgementLevel } from '@flash-sale/contract/health'
import type { BoundedWork } from '@flash-sale/runtime/bounded-work'
import type { Redis } from 'ioredis'
import type { Logger } from 'pino'
import type { Registry } from 'prom-client'
import type { OrderCounts } from './live/count-orders.ts'
import type { IncomingMessage, ServerResponse } from 'node:http'

/** All that the routes work with; each takes what it needs of it. */
export interface ApiContext {
  /** For operators' acts: on a connection of their own, since a rebuild sends much. */
  readonly stores: Stores
  readonly watch: StoreWatch
  /** For what is only read. It fails at once while Redis is away. */
  readonly readRedis: Redis
  /** The connection that orders go through; nothing else does. */
  readonly orderRedis: Redis
  /** In which everything is read that anybody may ask for: so much at a time, and so much waiting. */
  readonly reads: BoundedWork
  readonly ledgers: KnownLedgers
  readonly batcher: ReservationBatcher
  /** What this process accepted and does not know to be committed. */
  readonly accepted: AcceptedBatches
  /** Has the sweep look at an item again whose ledger could not be believed. */
  readonly unsettle: (itemId: number) => void
  /** The doorbell's, to be looked at and mended by operators. */
  readonly queue: Doorbell['queue']
  readonly acknowledgementLevel: AcknowledgementLevel
  /** Aborted when the process begins to stop: it still answers, but says that it is not ready. */
  readonly stopping: AbortSignal
  /** What this process did: for its reports, and for GET /metrics. */
  readonly counts: OrderCounts
  /** What GET /metrics shows. */
  readonly registry: Registry
}

export interface ApiSecrets {
  readonly jwtSecret: string
  readonly opsKey: string
  readonly devTokens: boolean
}

export type Api = FastifyInstance<RawServerDefault, IncomingMessage, ServerResponse, Logger, TypeBoxTypeProvider>
