import { setTimeout as sleep } from 'node:timers/promises'
import { connectDatabase } from '@flash-sale/database/connect'
import { waitForDatabase } from '@flash-sale/database/wait-for-database'
import { createDoorbell } from '@flash-sale/queue/order-queue'
import { requireSafeRedis } from '@flash-sale/runtime/acknowledgement-level'
import { createAcknowledgementCheck } from '@flash-sale/runtime/check-acknowledgement'
import { announceReady } from '@flash-sale/runtime/announce-ready'
import { readEnv } from '@flash-sale/runtime/env'
import { createLogger, type Logger } from '@flash-sale/runtime/logger'
import { paymentProviderOf } from '@flash-sale/payments/payment-settings'
import { startNotingDrops } from '@flash-sale/reports/note-drops'
import { startReporting } from '@flash-sale/reports/process-report'
import { closeRedis, connectRedis, type RedisRole } from '@flash-sale/runtime/redis'
import { watchStanding } from '@flash-sale/runtime/redis-standing'
import { runMain } from '@flash-sale/runtime/run-main'
import { closeInReverse, closeOnSignal } from '@flash-sale/runtime/shutdown'
import type { AcceptedBatch } from '@flash-sale/stock/reservation-batcher'
import { databaseUrlOf, redisUrlOf } from '@flash-sale/runtime/store-urls'
import { createStoreWait } from '@flash-sale/runtime/store-wait'
import { waitForRedis } from '@flash-sale/runtime/wait-for-redis'
import { watchStores } from '@flash-sale/upkeep/watch-stores'
import type { ApiContext } from './api-context.ts'
import { buildApp, createApp } from './app.ts'
import { createContext, orderBounds } from './create-context.ts'
import { ApiEnv } from './env.ts'
import { connectionBacklog } from './http/http-server.ts'
import { listenWhileStarting } from './health/listen-while-starting.ts'
import { startOffering } from './memory/start-offering.ts'
import { startLearningItems } from './orders/learn-items.ts'
import { pagesFolderDefault } from './pages/serve-pages.ts'
import { warmUp } from './warm-up/warm-up.ts'

/** How long the process may finish its work after it stops taking requests. */
const finishWithinMs = 10_000
const poolSizeMax = 8
const statementTimeoutMs = 10_000

/** Waits for the stores, builds the API and listens. A signal may stop it at any moment of this. */
async function main(): Promise<void> {
  const env = readEnv(ApiEnv)
  const logger = createLogger({ name: 'api', level: env.LOG_LEVEL })
  const [redisUrl, databaseUrl] = [redisUrlOf(env), databaseUrlOf(env)]
  const provider = paymentProviderOf(env)
  const closers: (() => Promise<unknown>)[] = []
  closeOnSignal({
    logger,
    close: () => closeInReverse(closers),
    timeoutMs: env.SHUTDOWN_DELAY_MS + finishWithinMs,
  })

  const wait = createStoreWait(logger)
  const starting = await listenWhileStarting({ port: env.PORT, host: env.HOST }, () => wait.reason)
  closers.push(() => starting.close())
  const connect = (role: RedisRole) => connectRedis({ url: redisUrl, role, logger })
  const connections = {
    orderRedis: connect('scripts'),
    opsRedis: connect('scripts'),
    readRedis: connect('reads'),
    bellRedis: connect('queue-producer'),
  }
  const { bellRedis, ...contextRedis } = connections
  closers.push(() => Promise.all(Object.values(connections).map((redis) => closeRedis(redis))))
  await waitForRedis(Object.values(connections), wait)
  const demand = { level: env.ACKNOWLEDGEMENT_LEVEL, replicaCount: env.REDIS_REPLICA_COUNT }
  const allowUnsafe = env.REDIS_ALLOW_UNSAFE
  await requireSafeRedis(connections.opsRedis, { demand, allowUnsafe, logger })
  const { isPooled } = await waitForDatabase(databaseUrl, wait)
  const database = connectDatabase(databaseUrl, { poolSizeMax, statementTimeoutMs, isPooled })
  closers.push(() => database.$disconnect())
  const { orderRedis, ...others } = connections
  const otherRedis = Object.values(others)
  const watch = watchStores({ redis: orderRedis, otherRedis, database, needsWrites: true }, logger)
  closers.push(async () => watch.close())
  const acknowledgement = createAcknowledgementCheck(demand, allowUnsafe)
  const standing = watchStanding(orderRedis, { checks: [acknowledgement.check], logger })
  closers.push(async () => standing.close())
  await standing.whenJudged()

  const doorbell = createDoorbell(bellRedis, (error, job) => {
    logger.debug({ err: error, job }, 'the doorbell did not reach the queue; the sweep will find the entry')
  })
  const ring = ({ itemId, epoch, entryId }: AcceptedBatch) => doorbell.ring({ itemId, epoch, entryId })
  const stopping = new AbortController()
  const context = createContext({
    ...contextRedis,
    database,
    watch,
    queue: doorbell.queue,
    webhookRule: { allowPrivate: env.WEBHOOK_ALLOW_PRIVATE },
    payments: provider && { provider },
    shopUrl: env.SHOP_URL,
    standing,
    acknowledgementLevel: () => acknowledgement.level,
    replicaCount: demand.level === 'replicated' ? demand.replicaCount : 0,
    stopping: stopping.signal,
    strategy: env.RESERVE_STRATEGY,
    bounds: orderBounds,
    onAccepted: ring,
    onError: (error, itemId) => logger.warn({ err: error, itemId }, 'a batch got no reply; it is sent again'),
  })
  const reporting = startReporting(connections.opsRedis, context.counts)
  closers.push(() => reporting.close())
  const noting = startNotingDrops(connections.opsRedis, context.counts.drops)
  closers.push(() => noting.close())
  const offering = startOffering(context, { logger, ring, processName: reporting.runName, ...orderBounds })
  closers.push(async () => offering.close())
  const learning = startLearningItems(context)
  closers.push(async () => learning.close())
  closers.push(async () => {
    await context.batcher.close()
    await doorbell.close()
    context.stores.locks.close()
  })
  const secrets = {
    jwtSecret: env.JWT_SECRET,
    opsKey: env.OPS_KEY,
    devTokens: env.DEV_TOKENS,
    signInUrl: env.SIGN_IN_URL,
  }
  const app = await buildApp(context, secrets, logger, env.PAGES_FOLDER ?? pagesFolderDefault)
  closers.push(() => app.close())
  if (process.env['NODE_ENV'] === 'production') await warmUpOrGoOn(context, logger)
  await starting.close()
  const url = await app.listen({ port: starting.port, host: env.HOST, backlog: connectionBacklog })
  closers.push(() => {
    stopping.abort()
    return sleep(env.SHUTDOWN_DELAY_MS)
  })
  await app.openAcceptors().catch((error: unknown) => {
    logger.warn({ err: error }, 'this process takes one connection a turn: a crowd that comes at once waits longer')
  })
  announceReady(url)
  if (env.DEV_TOKENS) logger.warn('DEV_TOKENS is on: anybody can become any buyer')
}

/** A process that is not warmed up is only slower at first. */
async function warmUpOrGoOn(context: ApiContext, logger: Logger): Promise<void> {
  try {
    const orderCount = await warmUp(createApp(logger), context)
    logger.debug({ orderCount }, 'warmed up with made-up orders')
  } catch (error) {
    logger.warn({ err: error }, 'the warm-up failed: the first orders take longer')
  }
}

await runMain(main)
