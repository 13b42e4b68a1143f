import { setTimeout as sleep } from 'node:timers/promises'
import type { Database } from '@flash-sale/database/connect'
import { createLocks } from '@flash-sale/lock/locks'
import { createOrderWorker, type OrderJob } from '@flash-sale/queue/order-queue'
import { watchLiveProcesses } from '@flash-sale/reports/live-processes'
import { answerWithin } from '@flash-sale/runtime/answer-within'
import type { Redis } from 'ioredis'
import type { Logger } from 'pino'
import { drainItem } from './drain-item.ts'
import { createDrainLanes } from './drain-lanes.ts'
import type { PersistMetrics } from './persist-metrics.ts'
import { createMissingSweep } from './sweep-missing.ts'
import { createSettledSweep } from './sweep-settled.ts'
import { createUnpaidSweep } from './sweep-unpaid.ts'
import { createSweep, type Sweep, type SweepContext } from './sweep.ts'
import { createTroubleLog } from './trouble-log.ts'
import { createLossWatch } from './watch-losses.ts'

export interface WorkerConnections {
  /** The connection for scripts. Commands in flight are sent again after a reconnect. */
  readonly redis: Redis
  /** The connection for BullMQ, which sends blocking commands on it. */
  readonly queueRedis: Redis
  readonly database: Database
}

export interface OrderPersister {
  /** Persists what waits in the outbox of an item. */
  drain(itemId: number): Promise<void>
  /** Takes no more work, finishes the work in hand, and resolves. The connections stay open, since the caller owns them. */
  close(): Promise<void>
}

/** Rings that this process answers at a time. Each waits for its item's drain, so this bounds items, not orders. */
const concurrency = 64
/** The rings of several APIs for one item become one COMMIT. */
const drainEveryMs = 50
const sweepEveryMs = 1_000
const settledSweepEveryMs = 5_000
/** Whether the stores belong together is known a moment after a connection is back. */
const askAgainMs = 50
/** Twice as long as a healthy queue ever takes, and short enough that a lost ring costs little time. */
const outboxAgeMaxMs = 2_000

/** Healthy stores finish the work in hand within this. If Redis is away, waiting is useless. */
const finishWithinMs = 8_000
const finishWithoutRedisMs = 500

/**
 * Starts persisting: at each ring of the doorbell, and by sweeps that need no ring. Does neither unless `mayMend` says that the stores
 * belong together.
 */
export function startPersister(
  { redis, queueRedis, database }: WorkerConnections,
  logger: Logger,
  metrics?: PersistMetrics & Pick<SweepContext, 'onLooked'>,
  mayMend: () => boolean = () => true,
): OrderPersister {
  const stopping = new AbortController()
  const { signal } = stopping
  // The sweeps continue until the drains are done, since a drain may hold orders that need a rebuild before they can be adopted.
  const drained = new AbortController()
  const locks = createLocks(redis)
  const losses = createLossWatch({ redis, database }, logger)
  const lanes = createDrainLanes(async (itemId) => {
    const context = { redis, database, locks, logger, signal, onConfirmed: losses.committed, ...metrics }
    if (mayMend()) await drainItem(context, itemId)
  }, drainEveryMs)
  const queueTrouble = createTroubleLog(logger, 'the queue')
  const answer = async ({ itemId }: OrderJob) => {
    await lanes.drain(itemId)
    queueTrouble.worked()
  }
  const queueWorker = createOrderWorker(queueRedis, concurrency, answer, (error) => queueTrouble.failed(error))
  const drain = (itemId: number) => lanes.drain(itemId)
  const apis = watchLiveProcesses(redis, 'api')
  const context: SweepContext = {
    stores: { redis, database, locks },
    logger,
    signal: drained.signal,
    drain,
    outboxAgeMaxMs,
    // Nobody can say which processes accepted orders of an item that this process sees for the first time.
    liveApis(itemId) {
      const seen = losses.seen(itemId)
      return seen ? apis.aliveSince(seen.savedUpToMs) : 'UNKNOWN'
    },
    seen: losses.seen,
    onLooked(item, ledger, askedAtMs) {
      metrics?.onLooked?.(item, ledger, askedAtMs)
      void losses.looked(item, ledger, askedAtMs)
    },
  }
  const sweeping = Promise.all([
    sweepUntilStopped('current', createSweep(context, 'current'), sweepEveryMs),
    sweepUntilStopped('later', createSweep(context, 'later'), sweepEveryMs),
    sweepUntilStopped('settled', createSettledSweep({ redis, database }), settledSweepEveryMs),
    sweepUntilStopped('unpaid', createUnpaidSweep(context), sweepEveryMs),
    sweepUntilStopped('missing', createMissingSweep({ redis, database }, logger), sweepEveryMs),
  ])

  async function sweepUntilStopped(tier: string, sweep: Sweep, everyMs: number): Promise<void> {
    const trouble = createTroubleLog(logger, `the sweep of ${tier} items`)
    let mendedBefore = 0
    while (!drained.signal.aborted) {
      if (!mayMend()) {
        await pause(askAgainMs)
        continue
      }
      await sweep.look().then(
        () => trouble.worked(),
        (error: unknown) => trouble.failed(error),
      )
      // After a repair the sweep looks again at once, so that after a loss of Redis no item waits for the clock.
      if (sweep.mendedCount === mendedBefore) await pause(everyMs)
      mendedBefore = sweep.mendedCount
    }
    await sweep.settled()
  }

  /** Waits until the next look is due, or until Redis is back, since its ledgers must then be rebuilt. */
  async function pause(everyMs: number): Promise<void> {
    const waking = new AbortController()
    const wake = () => waking.abort()
    redis.once('ready', wake)
    await sleep(everyMs, undefined, { signal: AbortSignal.any([drained.signal, waking.signal]) }).catch(() => {})
    redis.off('ready', wake)
  }

  async function finish(): Promise<void> {
    await queueWorker.close()
    await lanes.settled()
    drained.abort()
    await sweeping
  }

  return {
    drain,
    async close() {
      stopping.abort()
      const finished = finish()
      const withinMs = redis.status === 'ready' ? finishWithinMs : finishWithoutRedisMs
      await answerWithin(finished, withinMs, 'the work in hand').catch((error: unknown) => {
        // Orders in the outbox are left to the next worker, or to another one.
        logger.warn({ reason: error instanceof Error ? error.message : error }, 'stopping with work in hand')
        drained.abort()
        void queueWorker.close(true).catch(() => undefined)
      })
      apis.close()
      locks.close()
    },
  }
}
