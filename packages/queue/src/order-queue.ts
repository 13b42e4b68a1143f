import { Queue, Worker, type Job } from 'bullmq'
import type { Redis } from 'ioredis'

/** The doorbell's message: this outbox entry waits. The orders themselves are in the outbox, which is the truth. */
export interface OrderJob {
  readonly itemId: number
  readonly epoch: number
  readonly entryId: string
}

export const orderQueueName = 'orders'

/** Hash-tagged, so that all keys of the queue share a Cluster slot. */
export const queuePrefix = '{flash-sale}'

/** Why a job is kept when it failed: for an operator to see and retry. Losing it loses nothing, the sweep reads the outbox. */
const failedJobsKept = 1_000

/** A worker that is killed leaves its job stalled; with BullMQ's default of 1 a second kill would fail it for good. */
const stalledCountMax = 10

export interface Doorbell {
  /**
   * Rings for an outbox entry, and does not wait: a bell that is not heard costs seconds (the sweep), never an order. One ring
   * is under way for an item; of those that come meanwhile the last is rung next, since a drain takes all that waits.
   */
  ring(job: OrderJob): void
  readonly queue: Queue<OrderJob>
  close(): Promise<void>
}

/** The ringing side. The caller owns the connection, which should fail at once when Redis is away (no offline queue). */
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

  async function ringOut(first: OrderJob): Promise<void> {
    for (let job: OrderJob | undefined = first; job; job = nextOfItem.get(first.itemId)) {
      nextOfItem.set(first.itemId, undefined)
      // Named after what it announces: ringing twice for one entry is one job.
      const jobId = `${job.itemId}-${job.epoch}-${job.entryId}`
      const heard = job
      await queue.add('persist', job, { jobId }).catch((error: unknown) => onMissed(error, heard))
    }
    nextOfItem.delete(first.itemId)
  }

  return {
    queue,
    ring(job) {
      if (nextOfItem.has(job.itemId)) nextOfItem.set(job.itemId, job)
      else void ringOut(job)
    },
    close: () => queue.close(),
  }
}

/** The answering side: runs `answer` once or more for each ring, up to `concurrency` at a time in this process. */
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
