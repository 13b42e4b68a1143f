import { Queue, Worker, type Job } from 'bullmq'
import type { Redis } from 'ioredis'
import { queuePrefix } from './order-queue.ts'

/** The message: this endpoint has something to be told. How far it was told, and when it is tried again, is in Postgres. */
export interface WebhookJob {
  readonly endpointId: number
}

const webhookQueueName = 'webhooks'

/** A job of the same name is not added again, so a job whose worker was killed must not keep its name for long. */
const nameKeptMs = 10_000

export interface WebhookQueue {
  /** Asks for an endpoint to be told what it does not know yet. Asked twice in a short time it is asked once. */
  ring(endpointId: number): Promise<void>
  close(): Promise<void>
}

/** The side that rings. The caller owns the connection. */
export function createWebhookQueue(connection: Redis): WebhookQueue {
  const queue = new Queue<WebhookJob>(webhookQueueName, {
    connection,
    prefix: queuePrefix,
    defaultJobOptions: { removeOnComplete: true, removeOnFail: true },
  })
  queue.on('error', () => undefined)
  return {
    async ring(endpointId) {
      const jobId = `${endpointId}-${Math.floor(Date.now() / nameKeptMs)}`
      await queue.add('deliver', { endpointId }, { jobId })
    },
    close: () => queue.close(),
  }
}

/** The side that delivers: runs `deliver` once or more for each ring, at most `concurrency` at a time in this process. */
export function createWebhookWorker(
  connection: Redis,
  concurrency: number,
  deliver: (job: WebhookJob) => Promise<void>,
  onError: (error: unknown) => void,
): Worker<WebhookJob, void> {
  const worker = new Worker<WebhookJob, void>(webhookQueueName, (job: Job<WebhookJob>) => deliver(job.data), {
    connection,
    prefix: queuePrefix,
    concurrency,
  })
  worker.on('error', onError)
  worker.on('failed', (_job, error) => onError(error))
  return worker
}
