import { setTimeout as sleep } from 'node:timers/promises'
import type { Database } from '@flash-sale/database/connect'
import { createLocks } from '@flash-sale/lock/locks'
import { createOrderWorker, type OrderJob } from '@flash-sale/queue/order-queue'
import { answerWithin } from '@flash-sale/runtime/answer-within'
import type { Redis } from 'ioredis'
import type { Logger } from 'pino'
import { drainItem } from './drain-item.ts'
import { createDrainLanes } from './drain-lanes.ts'
import type { PersistMetrics } from './persist-metrics.ts'
import { sweepOnce } from './sweep.ts'
import { createTroubleLog } from './trouble-log.ts'

export interface WorkerConnections {
  /** For scripts: commands in flight are sent again after a reconnect. */
  readonly redis: Redis
  /** For BullMQ, which blocks on it. */
  readonly queueRedis: Redis
  readonly database: Database
}

export interface OrderPersister {
  /** Stops taking work, finishes what is in hand, and resolves. The connections stay open: they are the caller's. */
  close(): Promise<void>
}

/** Rings answered at a time in this process; each waits for its item's drain, so this bounds items, not orders. */
const concurrency = 64
const sweepEveryMs = 1_000
/** Twice what a healthy queue takes at its slowest, and short enough that nobody waits long for a lost ring. */
const outboxAgeMaxMs = 2_000

/** A healthy store answers what is in hand within this; with Redis away there is nothing to wait for. */
const finishWithinMs = 8_000
const finishWithoutRedisMs = 500

/** Starts persisting: by the doorbell, and by a sweep that does not need it. */
export function startPersister(
  { redis, queueRedis, database }: WorkerConnections,
  logger: Logger,
  metrics?: PersistMetrics,
): OrderPersister {
  const stopping = new AbortController()
  const { signal } = stopping
  // Sweeping goes on until the drains are done: one may hold orders that need a rebuild before they can be adopted.
  const drained = new AbortController()
  const locks = createLocks(redis)
  const lanes = createDrainLanes((itemId) => drainItem({ redis, database, logger, signal, ...metrics }, itemId))
  const queueTrouble = createTroubleLog(logger, 'the queue')
  const sweepTrouble = createTroubleLog(logger, 'the sweep')
  const answer = async ({ itemId }: OrderJob) => {
    await lanes.drain(itemId)
    queueTrouble.worked()
  }
  const queueWorker = createOrderWorker(queueRedis, concurrency, answer, (error) => queueTrouble.failed(error))
  const drain = (itemId: number) => lanes.drain(itemId)
  const sweeping = sweepUntilStopped()

  async function sweepUntilStopped(): Promise<void> {
    const context = { stores: { redis, database, locks }, logger, signal: drained.signal, drain, outboxAgeMaxMs }
    while (!drained.signal.aborted) {
      await sweepOnce(context).then(
        () => sweepTrouble.worked(),
        (error: unknown) => sweepTrouble.failed(error),
      )
      await sleep(sweepEveryMs, undefined, { signal: drained.signal }).catch(() => undefined)
    }
  }

  async function finish(): Promise<void> {
    await queueWorker.close()
    await lanes.settled()
    drained.abort()
    await sweeping
  }

  return {
    async close() {
      stopping.abort()
      const finished = finish()
      const withinMs = redis.status === 'ready' ? finishWithinMs : finishWithoutRedisMs
      await answerWithin(finished, withinMs, 'the work in hand').catch((error: unknown) => {
        // What is in the outbox the next worker, or another one, takes from there.
        logger.warn({ reason: error instanceof Error ? error.message : error }, 'stopping with work in hand')
        drained.abort()
        void queueWorker.close(true).catch(() => undefined)
      })
      locks.close()
    },
  }
}
