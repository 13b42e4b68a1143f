import { connectDatabase } from '@flash-sale/database/connect'
import { readEpochs } from '@flash-sale/database/items'
import { createLocks } from '@flash-sale/lock/locks'
import { createDoorbell } from '@flash-sale/queue/order-queue'
import { requireSafeRedis } from '@flash-sale/runtime/acknowledgement-level'
import { announceReady } from '@flash-sale/runtime/announce-ready'
import { readEnv } from '@flash-sale/runtime/env'
import { createLogger } from '@flash-sale/runtime/logger'
import { closeRedis, connectRedis, whenReady } from '@flash-sale/runtime/redis'
import { runMain } from '@flash-sale/runtime/run-main'
import { closeOnSignal } from '@flash-sale/runtime/shutdown'
import { createKnownLedgers } from '@flash-sale/stock/known-ledgers'
import { createReservationBatcher } from '@flash-sale/stock/reservation-batcher'
import { createSendBatch } from '@flash-sale/stock/reserve-strategy'
import { buildApp } from './app.ts'
import { ApiEnv } from './env.ts'
import { requireDatabase } from './require-database.ts'

const redisReadyWithinMs = 10_000
const batchSizeMax = 256
/** At the rate of one core this is about a second's work: what waits longer is better told to come back. */
const pendingCountMax = 20_000
const orderDeadlineMs = 3_000
const poolSizeMax = 8
const statementTimeoutMs = 10_000

/** Connects to the stores, builds the API and listens. */
async function main(): Promise<void> {
  const env = readEnv(ApiEnv)
  const logger = createLogger({ name: 'api', level: env.LOG_LEVEL })
  const redis = connectRedis({ url: env.REDIS_URL, role: 'scripts', logger })
  const bellRedis = connectRedis({ url: env.REDIS_URL, role: 'queue-producer', logger })
  await Promise.all([whenReady(redis, redisReadyWithinMs), whenReady(bellRedis, redisReadyWithinMs)])
  const { level } = await requireSafeRedis(redis, { allowUnsafe: env.REDIS_ALLOW_UNSAFE, logger })
  const database = connectDatabase(env.DATABASE_URL, { poolSizeMax, statementTimeoutMs })
  await requireDatabase(database)

  const locks = createLocks(redis)
  const ledgers = createKnownLedgers((itemIds) => readEpochs(database, itemIds))
  const doorbell = createDoorbell(bellRedis, (error, job) => {
    logger.debug({ err: error, job }, 'the doorbell was not heard; the sweep will find the entry')
  })
  const batcher = createReservationBatcher({
    send: createSendBatch(env.RESERVE_STRATEGY, redis, ledgers, locks),
    batchSizeMax,
    pendingCountMax,
    deadlineMs: orderDeadlineMs,
    onAccepted: ({ itemId, epoch, entryId }) => doorbell.ring({ itemId, epoch, entryId }),
    onError: (error, itemId) => logger.warn({ err: error, itemId }, 'a batch got no reply; it is sent again'),
  })
  const secrets = { jwtSecret: env.JWT_SECRET, opsKey: env.OPS_KEY, devTokens: env.DEV_TOKENS }
  const context = { stores: { redis, database, locks }, ledgers, batcher, acknowledgementLevel: level }
  const app = await buildApp(context, secrets, logger)

  closeOnSignal({
    logger,
    close: async () => {
      await app.close()
      await batcher.close()
      await doorbell.close()
      locks.close()
      await Promise.all([closeRedis(redis), closeRedis(bellRedis), database.$disconnect()])
    },
  })
  announceReady(await app.listen({ port: env.PORT, host: env.HOST }))
  if (env.DEV_TOKENS) logger.warn('DEV_TOKENS is on: anybody can become any buyer')
}

await runMain(main)
