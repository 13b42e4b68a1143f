import { setMaxListeners } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
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

/** A ring for each batch would cost an order as much as its batch does; this much later is nothing to one who is accepted already. */
const ringIntervalMs = 20

/** A Redis that does not answer does not keep a process from stopping: the sweep finds what was not rung. */
const lastRingsWithinMs = 500

export interface Doorbell {
  /**
   * Rings for an outbox entry, and does not wait: a bell that is not heard costs seconds (the sweep), never an order. The first
   * ring of an item goes off at once; of those that come within the next `ringIntervalMs` the last is rung then, since a drain takes
   * all that waits.
   */
  ring(job: OrderJob): void
  readonly queue: Queue<OrderJob>
  /** Rings what has not been rung yet, and ends when all was heard or missed, or half a second later. */
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
  const ringing = new Set<Promise<void>>()
  const closing = new AbortController()
  // One for each item that rings: as many as there are items on sale.
  setMaxListeners(0, closing.signal)

  async function ringInTurns(first: OrderJob): Promise<void> {
    for (let job: OrderJob | undefined = first; job; job = nextOfItem.get(first.itemId)) {
      nextOfItem.set(first.itemId, undefined)
      await Promise.all([ringOnce(job), interval()])
    }
    nextOfItem.delete(first.itemId)
  }

  async function ringOnce(job: OrderJob): Promise<void> {
    // Named after what it announces: ringing twice for one entry is one job.
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
