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
   * sent at once. Of the following ones the last is sent each `ringIntervalMs`, together with those of all items, since a drain takes
   * everything that waits.
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
  let timer: NodeJS.Timeout | undefined
  let isClosing = false

  function send(jobs: readonly OrderJob[]): void {
    const sent = queue.addBulk(jobs.map(ringOf)).then(
      () => undefined,
      (error: unknown) => jobs.forEach((job) => onMissed(error, job)),
    )
    ringing.add(sent)
    void sent.then(() => ringing.delete(sent))
  }

  /** The rings of all items leave in one write, so that Redis syncs them to disk once. */
  function sendNext(): void {
    const jobs: OrderJob[] = []
    for (const [itemId, job] of nextOfItem) {
      if (!job) {
        nextOfItem.delete(itemId)
        continue
      }
      jobs.push(job)
      nextOfItem.set(itemId, undefined)
    }
    if (jobs.length > 0) send(jobs)
    if (nextOfItem.size === 0) stopTimer()
  }

  function stopTimer(): void {
    clearInterval(timer)
    timer = undefined
  }

  return {
    queue,
    ring(job) {
      if (isClosing) return send([job])
      const isFirst = !nextOfItem.has(job.itemId)
      nextOfItem.set(job.itemId, isFirst ? undefined : job)
      timer ??= setInterval(sendNext, ringIntervalMs)
      if (isFirst) send([job])
    },
    async close() {
      isClosing = true
      sendNext()
      stopTimer()
      await Promise.race([Promise.all(ringing), sleep(lastRingsWithinMs)])
      await queue.close()
    },
  }
}

/** The job has the name of its entry, so that two rings for one entry are one job. */
function ringOf(data: OrderJob) {
  return { name: 'persist', data, opts: { jobId: `${data.itemId}-${data.epoch}-${data.entryId}` } }
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
