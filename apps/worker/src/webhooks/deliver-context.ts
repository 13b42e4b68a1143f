import type { Database } from '@flash-sale/database/connect'
import type { FeedHorizon } from '@flash-sale/database/feed/feed-horizon'
import type { BoundedWork } from '@flash-sale/runtime/bounded-work'
import type { RetrySchedule } from '@flash-sale/webhooks/retry-schedule'
import type { Sent, WebhookSender } from '@flash-sale/webhooks/send-webhook'
import type { Logger } from 'pino'

/** What a job needs that delivers webhooks. */
export interface DeliverContext {
  readonly database: Database
  /** Runs statements of webhooks, few at a time: the other connections of the pool are for orders. */
  readonly ask: BoundedWork['run']
  readonly horizon: FeedHorizon
  readonly sender: WebhookSender
  readonly schedule: RetrySchedule
  readonly logger: Logger
  /** Aborted when the process begins to stop: no further window is begun. */
  readonly stopping: AbortSignal
  /** Aborted when the process cannot wait for answers any more. */
  readonly hurrying: AbortSignal
  readonly onSent: (kind: Sent['kind']) => void
}
