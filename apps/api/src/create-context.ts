import type { Database } from '@flash-sale/database/connect'
import { createFeedHorizon } from '@flash-sale/database/feed/feed-horizon'
import { readKnownItems } from '@flash-sale/database/items'
import { unsettleItems } from '@flash-sale/database/unsettled-items'
import { createLocks } from '@flash-sale/lock/locks'
import { createBoundedWork, type WorkBounds } from '@flash-sale/runtime/bounded-work'
import { createMetrics } from '@flash-sale/runtime/metrics'
import type { RedisStanding } from '@flash-sale/runtime/redis-standing'
import { writeTogether } from '@flash-sale/runtime/write-together'
import { confirmReplication } from '@flash-sale/stock/confirm-replication'
import { createAcceptedBatches, type AcceptedBatchesBounds } from '@flash-sale/stock/accepted-batches'
import { createKnownLedgers } from '@flash-sale/stock/known-ledgers'
import { refuseWhileUnsafe } from '@flash-sale/stock/refuse-while-unsafe'
import { createReservationBatcher, type BatcherOptions } from '@flash-sale/stock/reservation-batcher'
import { createSendBatch, type ReserveStrategyName } from '@flash-sale/stock/reserve-strategy'
import { registerLockMetrics } from '@flash-sale/upkeep/lock-metrics'
import type { Redis } from 'ioredis'
import type { ApiContext } from './api-context.ts'
import { createUnsettler } from './create-unsettler.ts'
import { createOrderCounts } from './live/count-orders.ts'
import { registerMemoryMetrics } from './memory/memory-metrics.ts'
import { registerOrderMetrics } from './metrics/order-metrics.ts'

export interface CreateContextOptions extends Pick<BatcherOptions, 'onAccepted' | 'onError'> {
  /** The connection for orders alone. */
  readonly orderRedis: Redis
  /** The connection for reads. */
  readonly readRedis: Redis
  /** The connection for operators' acts. */
  readonly opsRedis: Redis
  readonly database: Database
  readonly watch: ApiContext['watch']
  readonly queue: ApiContext['queue']
  readonly webhookRule: ApiContext['webhookRule']
  readonly payments?: ApiContext['payments']
  readonly shopUrl?: ApiContext['shopUrl']
  readonly standing: RedisStanding
  readonly acknowledgementLevel: ApiContext['acknowledgementLevel']
  /** Replicas that must have an order before its buyer is told; 0 for none. */
  readonly replicaCount: number
  readonly stopping: AbortSignal
  readonly strategy: ReserveStrategyName
  readonly bounds: OrderBounds
}

export type OrderBounds = Pick<BatcherOptions, 'batchSizeMax' | 'pendingCountMax' | 'deadlineMs'>

/** How many orders one process takes on. */
export const orderBounds: OrderBounds = {
  // A batch of 256 orders keeps Redis busy for about 1.6 ms, and an order in it costs no more than in a batch of 1,024.
  batchSizeMax: 256,
  // About a second's work of one core. An order that would wait longer is better refused and sent again.
  pendingCountMax: 20_000,
  deadlineMs: 3_000,
}

/** A third of what an order waits: a replica that is slower than this is as good as away. */
const replicatedWithinMs = 1_000
const notReplicated = `The replicas of Redis did not have an order within ${replicatedWithinMs} ms.`

/** Bounds of reads in one process. `underWayMax` is far above what the pool serves at a time; `waitingMax` is about a second's work. */
const readBounds: WorkBounds = { underWayMax: 64, waitingMax: 2_000 }

/** At 60 bytes an order, about a million orders: what the outbox of a Redis without a worker holds after a minute of the fastest sale. */
const memoryBounds: AcceptedBatchesBounds = { bytesMax: 64 * 1024 * 1024, ageMaxMs: 3_600_000 }

/** What becomes of a batch while Redis is not the one that belongs to Postgres. */
const refused = Promise.resolve({ kind: 'NOT_LOADED' } as const)

/** Makes the context of the routes. The caller owns the connections and closes them. */
export function createContext(options: CreateContextOptions): ApiContext {
  const {
    orderRedis,
    readRedis,
    opsRedis,
    database,
    watch,
    queue,
    webhookRule,
    standing,
    acknowledgementLevel,
    stopping,
  } = options
  const { strategy, replicaCount, bounds, payments, shopUrl, onAccepted, onError } = options
  const locks = createLocks(opsRedis)
  const orderLocks = createLocks(orderRedis)
  const ledgers = createKnownLedgers((itemIds) => readKnownItems(database, itemIds))
  const accepted = createAcceptedBatches(memoryBounds)
  const registry = createMetrics()
  registerMemoryMetrics(registry, accepted)
  registerLockMetrics(registry)
  const counts = createOrderCounts()
  const onBatchAnswered = registerOrderMetrics(registry, counts, () => batcher.pendingCount)
  const send = createSendBatch(strategy, orderRedis, ledgers, orderLocks, accepted.remember)
  const replication = { replicaCount, withinMs: replicatedWithinMs, onShort: () => standing.refuse(notReplicated) }
  const confirmed = replicaCount > 0 ? confirmReplication(send, orderRedis, replication) : send
  const sendWhileSafe = refuseWhileUnsafe(confirmed, standing)
  const batcher = createReservationBatcher({
    ...bounds,
    sendTogether: (sends) => writeTogether(orderRedis, sends),
    send: (itemId, begin) => (watch.belonging() === 'FOREIGN' ? refused : sendWhileSafe(itemId, begin)),
    onAccepted,
    onError,
    onBatchAnswered,
  })
  return {
    stores: { redis: opsRedis, database, locks },
    watch,
    readRedis,
    orderRedis,
    reads: createBoundedWork(readBounds),
    ledgers,
    batcher,
    accepted,
    unsettle: createUnsettler((itemIds) => unsettleItems(database, itemIds)),
    horizon: createFeedHorizon(database),
    webhookRule,
    queue,
    payments,
    shopUrl,
    standing,
    acknowledgementLevel,
    stopping,
    registry,
    counts,
  }
}
