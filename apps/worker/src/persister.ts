import { setTimeout as sleep } from 'node:timers/promises'
import type { Database } from '@flash-sale/database/connect'
import { createLocks } from '@flash-sale/lock/locks'
import { createOrderWorker } from '@flash-sale/queue/order-queue'
import type { Redis } from 'ioredis'
import type { Logger } from 'pino'
import { drainItem } from './drain-item.ts'
import { createDrainLanes } from './drain-lanes.ts'
import { sweepOnce } from './sweep.ts'

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

/** Starts persisting: by the doorbell, and by a sweep that does not need it. */
export function startPersister({ redis, queueRedis, database }: WorkerConnections, logger: Logger): OrderPersister {
  const stopping = new AbortController()
  const { signal } = stopping
  const locks = createLocks(redis)
  const lanes = createDrainLanes((itemId) => drainItem({ redis, database, logger, signal }, itemId))
  const queueWorker = createOrderWorker(
    queueRedis,
    concurrency,
    ({ itemId }) => lanes.drain(itemId),
    (error) => logger.warn({ err: error }, 'the queue reported an error; the sweep covers for it'),
  )
  const drain = (itemId: number) => lanes.drain(itemId)
  const sweeping = sweepUntilStopped()

  async function sweepUntilStopped(): Promise<void> {
    const context = { stores: { redis, database, locks }, logger, signal, drain, outboxAgeMaxMs }
    while (!signal.aborted) {
      await sweepOnce(context).catch((error: unknown) =>
        logger.warn({ err: error }, 'the sweep failed; it tries again'),
      )
      await sleep(sweepEveryMs, undefined, { signal }).catch(() => undefined)
    }
  }

  return {
    async close() {
      stopping.abort()
      await Promise.all([queueWorker.close(), sweeping])
      await lanes.settled()
      locks.close()
    },
  }
}
