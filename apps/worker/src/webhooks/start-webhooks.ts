import { setTimeout as sleep } from 'node:timers/promises'
import { createFeedHorizon } from '@flash-sale/database/feed/feed-horizon'
import { listWaitingEndpoints } from '@flash-sale/database/webhooks/deliveries'
import { createBoundedWork } from '@flash-sale/runtime/bounded-work'
import { createWebhookQueue, createWebhookWorker } from '@flash-sale/queue/webhook-queue'
import { retrySchedule, type RetrySchedule } from '@flash-sale/webhooks/retry-schedule'
import { createWebhookSender, type Sent, type WebhookSenderOptions } from '@flash-sale/webhooks/send-webhook'
import type { Logger } from 'pino'
import type { WorkerConnections } from '../persister.ts'
import { createTroubleLog } from '../trouble-log.ts'
import { deliverToEndpoint } from './deliver-to-endpoint.ts'

export interface Webhooks {
  /** Begins no further sending, waits a moment for those under way, and resolves. The connections stay open. */
  close(): Promise<void>
}

export interface WebhooksOptions extends WebhookSenderOptions {
  readonly schedule?: RetrySchedule
  /** Says that the stores belong together. */
  readonly mayWork?: () => boolean
  readonly onSent?: (kind: Sent['kind']) => void
}

/** Endpoints that this process tells at a time. Each waits for its receiver, so many slow ones cost little. */
const concurrency = 64
/** Of the eight connections of this process. */
const statementCountMax = 2
/** How often Postgres is asked for endpoints, and for new events if there are any. One small statement while nobody listens. */
const lookEveryMs = 500
/** A receiver may take longer; what it was sent is sent again by the next worker. */
const finishWithinMs = 3_000

/** Starts telling webhook endpoints of the feed: looks for endpoints with something to hear, and delivers by jobs of the queue. */
export function startWebhooks(
  { queueRedis, database }: Omit<WorkerConnections, 'redis'>,
  logger: Logger,
  { schedule = retrySchedule, mayWork = () => true, onSent = () => undefined, ...senderOptions }: WebhooksOptions,
): Webhooks {
  const stopping = new AbortController()
  const hurrying = new AbortController()
  const horizon = createFeedHorizon(database)
  const sender = createWebhookSender(senderOptions)
  const { run: ask } = createBoundedWork({ underWayMax: statementCountMax, waitingMax: 2 * concurrency })
  const context = { database, ask, horizon, sender, schedule, logger, onSent }
  const signals = { stopping: stopping.signal, hurrying: hurrying.signal }
  const queue = createWebhookQueue(queueRedis)
  const jobTrouble = createTroubleLog(logger, 'telling webhook endpoints')
  const worker = createWebhookWorker(
    queueRedis,
    concurrency,
    async ({ endpointId }) => {
      if (mayWork()) await deliverToEndpoint({ ...context, ...signals }, endpointId)
      jobTrouble.worked()
    },
    (error) => jobTrouble.failed(error),
  )
  const looking = lookUntilStopped()

  async function lookUntilStopped(): Promise<void> {
    const trouble = createTroubleLog(logger, 'looking for webhook endpoints')
    while (!stopping.signal.aborted) {
      // Redis may be away: then the rings would wait for it, and so would the end of this process.
      if (mayWork() && queueRedis.status === 'ready') {
        await ringWhoWaits().then(
          () => trouble.worked(),
          (error: unknown) => trouble.failed(error),
        )
      }
      await sleep(lookEveryMs, undefined, { signal: stopping.signal }).catch(() => undefined)
    }
  }

  async function ringWhoWaits(): Promise<void> {
    const endpoints = await ask(() => listWaitingEndpoints(database))
    if (endpoints.length === 0) return
    const furthest = endpoints.reduce((most, { position }) => (position > most ? position : most), 0n)
    const upTo = await horizon.read(furthest)
    const waiting = endpoints.filter(({ position, hasReplays }) => position < upTo || hasReplays)
    await Promise.all(waiting.map(({ id }) => queue.ring(id)))
  }

  return {
    async close() {
      stopping.abort()
      const hurry = setTimeout(() => hurrying.abort(), finishWithinMs)
      const isAway = queueRedis.status !== 'ready'
      await Promise.race([Promise.all([worker.close(), looking]), sleep(finishWithinMs + 1_000)])
      clearTimeout(hurry)
      if (isAway) void worker.close(true).catch(() => undefined)
      await queue.close().catch(() => undefined)
      await sender.close()
    },
  }
}
