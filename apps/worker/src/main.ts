import { connectDatabase } from '@flash-sale/database/connect'
import type { ItemRow } from '@flash-sale/database/items'
import { waitForDatabase } from '@flash-sale/database/wait-for-database'
import { paymentProviderOf } from '@flash-sale/payments/payment-settings'
import { answerWithin } from '@flash-sale/runtime/answer-within'
import { requireSafeRedis } from '@flash-sale/runtime/acknowledgement-level'
import { announceReady } from '@flash-sale/runtime/announce-ready'
import { readEnv } from '@flash-sale/runtime/env'
import { createLogger } from '@flash-sale/runtime/logger'
import { createMetrics } from '@flash-sale/runtime/metrics'
import { createProcessCounts, startReporting } from '@flash-sale/reports/process-report'
import { closeRedis, connectRedis } from '@flash-sale/runtime/redis'
import { runMain } from '@flash-sale/runtime/run-main'
import { closeInReverse, closeOnSignal } from '@flash-sale/runtime/shutdown'
import { databaseUrlOf, redisUrlOf } from '@flash-sale/runtime/store-urls'
import { createStoreWait } from '@flash-sale/runtime/store-wait'
import { waitForRedis } from '@flash-sale/runtime/wait-for-redis'
import type { LedgerView } from '@flash-sale/stock/read-ledger'
import { registerLockMetrics } from '@flash-sale/upkeep/lock-metrics'
import { watchStores } from '@flash-sale/upkeep/watch-stores'
import { WorkerEnv } from './env.ts'
import { createHealthServer, type FindReasons } from './health-server.ts'
import { createOutboxProgress } from './outbox-progress.ts'
import { createPersistMetrics } from './persist-metrics.ts'
import { startPersister } from './persister.ts'
import { startWebhooks } from './webhooks/start-webhooks.ts'
import { createWebhookMetrics } from './webhooks/webhook-metrics.ts'
import { startPayments } from './payments/start-payments.ts'

const poolSizeMax = 8
/** Longer than any batch takes, but short enough that an outbox does not grow for long. */
const statementTimeoutMs = 30_000

/** Outboxes are asked within this. In ms. */
const answerWithinMs = 1_000

/** Waits for the stores and persists until a signal stops it. A signal may come at any moment. */
async function main(): Promise<void> {
  const env = readEnv(WorkerEnv)
  const logger = createLogger({ name: 'worker', level: env.LOG_LEVEL })
  const [redisUrl, databaseUrl] = [redisUrlOf(env), databaseUrlOf(env)]
  const provider = paymentProviderOf(env)
  const closers: (() => Promise<unknown>)[] = []
  closeOnSignal({ logger, close: () => closeInReverse(closers) })

  const wait = createStoreWait(logger)
  const metrics = createMetrics()
  registerLockMetrics(metrics)
  const stopping = new AbortController()
  let findReasons: FindReasons = async () => [wait.reason]
  // The health server answers until the work in hand is finished, so that an operator sees the process stop.
  const health = createHealthServer(() => findReasons(), metrics, stopping.signal)
  closers.push(() => health.close())
  const url = await health.listen({ port: env.PORT, host: env.HOST })

  const redis = connectRedis({ url: redisUrl, role: 'scripts', logger })
  const queueRedis = connectRedis({ url: redisUrl, role: 'queue-worker', logger })
  closers.push(() => Promise.all([closeRedis(redis), closeRedis(queueRedis)]))
  await waitForRedis([redis, queueRedis], wait)
  await requireSafeRedis(redis, { allowUnsafe: env.REDIS_ALLOW_UNSAFE, logger })
  const { isPooled } = await waitForDatabase(databaseUrl, wait)
  const database = connectDatabase(databaseUrl, { poolSizeMax, statementTimeoutMs, isPooled })
  closers.push(() => database.$disconnect())
  const watch = watchStores({ redis, otherRedis: [queueRedis], database, needsWrites: false }, logger)
  closers.push(async () => watch.close())

  const counts = createProcessCounts('worker')
  const reporting = startReporting(redis, counts)
  closers.push(() => reporting.close())
  const progress = createOutboxProgress(redis)
  const persistMetrics = {
    ...createPersistMetrics(metrics, counts),
    onLooked: ({ itemId }: Pick<ItemRow, 'itemId'>, ledger: LedgerView | 'NOT_LOADED') =>
      progress.looked(itemId, ledger),
  }
  const mayMend = () => watch.belonging() === 'TOGETHER'
  const persister = startPersister({ redis, queueRedis, database }, logger, persistMetrics, mayMend)
  const webhooks = startWebhooks({ queueRedis, database }, logger, {
    allowPrivate: env.WEBHOOK_ALLOW_PRIVATE,
    mayWork: mayMend,
    onSent: createWebhookMetrics(metrics),
  })
  closers.push(() => {
    stopping.abort()
    return Promise.all([persister.close(), webhooks.close()])
  })
  const payments = startPayments({
    redis,
    database,
    provider,
    logger,
    drain: (itemId) => persister.drain(itemId),
    mayMend,
  })
  closers.push(() => payments.close())
  findReasons = async () => {
    const standstill = answerWithin(progress.findStandstill(), answerWithinMs, 'Redis').catch(() => undefined)
    const { redis: ofRedis, postgres } = await watch.findFaults()
    return [ofRedis, postgres, await standstill]
  }
  announceReady(url)
}

await runMain(main)
