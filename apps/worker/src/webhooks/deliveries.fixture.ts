import { connectDatabase, type Database } from '@flash-sale/database/connect'
import { createFeedHorizon } from '@flash-sale/database/feed/feed-horizon'
import { changeOrder, connectWriter, insertOrder } from '@flash-sale/database/feed/feed-writers.fixture'
import { insertEndpoint, readEndpoint, type Endpoint, type NewEndpoint } from '@flash-sale/database/webhooks/endpoints'
import { createTestItem } from '@flash-sale/testing/create-test-item'
import { silentLogger } from '@flash-sale/testing/open-stores'
import { createTestDatabase } from '@flash-sale/testing/test-database'
import { startWebhookReceiver, type AnswerWebhook, type WebhookReceiver } from '@flash-sale/testing/webhook-receiver'
import type { RetrySchedule } from '@flash-sale/webhooks/retry-schedule'
import { createWebhookSender, type Sent } from '@flash-sale/webhooks/send-webhook'
import { createWebhookSecret } from '@flash-sale/webhooks/webhook-secret'
import { onTestFinished } from 'vitest'
import { deliverToEndpoint } from './deliver-to-endpoint.ts'

/** So short that the next try is due at once, and so long that nothing gives up unless a test says so. */
export const eager: RetrySchedule = { pausesMs: [0], giveUpAfterMs: 3_600_000, refusedTriesMax: 3 }

export interface DeliveryBench {
  readonly databaseUrl: string
  readonly database: Database
  /** Confirms this many orders; returns their ids in the order of the feed. */
  readonly confirm: (count: number) => Promise<string[]>
  readonly change: (orderId: string, status: 'paid' | 'cancelled') => Promise<void>
  readonly receiver: (how?: AnswerWebhook | number) => Promise<WebhookReceiver>
  readonly endpoint: (url: string, other?: Partial<NewEndpoint>) => Promise<number>
  readonly read: (endpointId: number) => Promise<Endpoint>
  /** Runs one job, with this schedule. Returns what came of each sending. */
  readonly deliver: (endpointId: number, schedule?: RetrySchedule, timeoutMs?: number) => Promise<Sent['kind'][]>
}

/** A database with an item, orders that change, endpoints, and jobs that are run one by one. Ends with the test. */
export async function startDeliveryBench(): Promise<DeliveryBench> {
  const testDatabase = await createTestDatabase()
  onTestFinished(testDatabase.drop)
  const database = connectDatabase(testDatabase.url, { poolSizeMax: 8, statementTimeoutMs: 10_000 })
  onTestFinished(() => database.$disconnect())
  const writer = await connectWriter(testDatabase.url)
  onTestFinished(() => writer.end())
  const itemId = await createTestItem(testDatabase.url, { total: 10_000, purchaseLimit: 1_000 })
  const horizon = createFeedHorizon(database, 5_000)
  return {
    databaseUrl: testDatabase.url,
    database,
    async confirm(count) {
      const orderIds: string[] = []
      for (let i = 0; i < count; i += 1) orderIds.push(await insertOrder(writer, itemId))
      return orderIds
    },
    change: (orderId, status) => changeOrder(writer, orderId, status),
    async receiver(how) {
      const receiver = await startWebhookReceiver(how)
      onTestFinished(() => receiver.close())
      return receiver
    },
    async endpoint(url, other = {}) {
      const endpoint = { url, description: '', statuses: [], secret: createWebhookSecret(), position: 0n, ...other }
      const endpointId = await insertEndpoint(database, endpoint)
      if (endpointId === 'TOO_MANY') throw new Error('there are too many endpoints')
      return endpointId
    },
    async read(endpointId) {
      const endpoint = await readEndpoint(database, endpointId)
      if (!endpoint) throw new Error(`there is no endpoint ${endpointId}`)
      return endpoint
    },
    async deliver(endpointId, schedule = eager, timeoutMs = 5_000) {
      const sender = createWebhookSender({ allowPrivate: true, timeoutMs })
      const kinds: Sent['kind'][] = []
      const never = new AbortController().signal
      const signals = { stopping: never, hurrying: never }
      const onSent = (kind: Sent['kind']) => void kinds.push(kind)
      await deliverToEndpoint(
        { database, ask: (work) => work(), horizon, sender, schedule, logger: silentLogger, onSent, ...signals },
        endpointId,
      )
      await sender.close()
      return kinds
    },
  }
}
