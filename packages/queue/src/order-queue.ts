import { setMaxListeners } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { Queue, Worker, type Job } from 'bullmq'
import type { Redis } from 'ioredis'

/** The doorbell's message: this outbox entry waits. The orders themselves are in the outbox alone. */
export interface OrderJob {
  readonly itemId: number
  readonly epoch: number
  readonly entryId: string
}

export const orderQueueName = 'orders'

/** A hash tag, so that all keys of the queue share a slot of a Redis Cluster. */
export const queuePrefix = '{flash-sale}'

/** Failed jobs are kept for operators, who see and retry them. A lost job loses no order, since the sweep reads the outbox. */
const failedJobsKept = 1_000

/** A killed worker leaves its job stalled. With BullMQ's default of 1 a second kill would fail the job for good. */
const stalledCountMax = 10

/**
 * The pause between rings. Each costs a job in API, Redis and worker, and what is drained at a ring is one COMMIT: few rings are few and large
 * ones. An accepted order can wait this long.
 */
const ringIntervalMs = 100

/** Bounds the wait for a Redis that does not answer, so that the process can stop. The sweep finds entries without a ring. */
const lastRingsWithinMs = 500

export interface Doorbell {
  /**
   * Rings for an outbox entry, and does not wait: a lost ring costs seconds (until the sweep), never an order. The first ring of an item is
   * sent at once. Of the rings within the next `ringIntervalMs` the last one is sent after it, since a drain takes everything that waits.
   */
  ring(job: OrderJob): void
  readonly queue: Queue<OrderJob>
  /** Sends the remaining rings. Resolves when all are sent or lost, or half a second later. */
  close(): Promise<void>
}

/** The side that rings. The caller owns the connection, which should fail at once if Redis is away (no offline queue). */
export function createDoorbell(connection: Redis, onMissed: (error: unknown, job: OrderJob) => void): Doorbell {
  const queue = new Queue<OrderJob>(orderQueueName, {
    connection,
    prefix: queuePrefix,
    defaultJobOptions: {
      removeOnComplete: true,
      removeOnFail: failedJobsKept,
      attempts: 5,
      backoff: { type: 'exponential', delay: 500 },
    },
  })
  queue.on('error', () => undefined)
  const nextOfItem = new Map<number, OrderJob | undefined>()
  const ringing = new Set<Promise<void>>()
  const closing = new AbortController()
  // One entry for each item that rings, so as many as there are items on sale.
  setMaxListeners(0, closing.signal)

  async function ringInTurns(first: OrderJob): Promise<void> {
    for (let job: OrderJob | undefined = first; job; job = nextOfItem.get(first.itemId)) {
      nextOfItem.set(first.itemId, undefined)
      await Promise.all([ringOnce(job), interval()])
    }
    nextOfItem.delete(first.itemId)
  }

  async function ringOnce(job: OrderJob): Promise<void> {
    // The job has the name of its entry, so that two rings for one entry are one job.
    const jobId = `${job.itemId}-${job.epoch}-${job.entryId}`
    await queue.add('persist', job, { jobId }).catch((error: unknown) => onMissed(error, job))
  }

  function interval(): Promise<void> {
    return sleep(ringIntervalMs, undefined, { signal: closing.signal }).catch(() => undefined)
  }

  return {
    queue,
    ring(job) {
      if (nextOfItem.has(job.itemId)) {
        nextOfItem.set(job.itemId, job)
        return
      }
      const rung = ringInTurns(job)
      ringing.add(rung)
      void rung.then(() => ringing.delete(rung))
    },
    async close() {
      closing.abort()
      await Promise.race([Promise.all(ringing), sleep(lastRingsWithinMs)])
      await queue.close()
    },
  }
}

/** The side that answers: runs `answer` once or more for each ring, at most `concurrency` at a time in this process. */
export function createOrderWorker(
  connection: Redis,
  concurrency: number,
  answer: (job: OrderJob) => Promise<void>,
  onError: (error: unknown) => void,
): Worker<OrderJob, void> {
  const worker = new Worker<OrderJob, void>(orderQueueName, (job: Job<OrderJob>) => answer(job.data), {
    connection,
    prefix: queuePrefix,
    concurrency,
    maxStalledCount: stalledCountMax,
  })
  worker.on('error', onError)
  worker.on('failed', (_job, error) => onError(error))
  return worker
}
