import { connectDatabase } from '@flash-sale/database/connect'
import { requireDatabase } from '@flash-sale/database/require-database'
import { requireSafeRedis } from '@flash-sale/runtime/acknowledgement-level'
import { announceReady } from '@flash-sale/runtime/announce-ready'
import { readEnv } from '@flash-sale/runtime/env'
import { createLogger } from '@flash-sale/runtime/logger'
import { createMetrics } from '@flash-sale/runtime/metrics'
import { createProcessCounts, startReporting } from '@flash-sale/reports/process-report'
import { closeRedis, connectRedis, whenReady } from '@flash-sale/runtime/redis'
import { runMain } from '@flash-sale/runtime/run-main'
import { closeInReverse, closeOnSignal } from '@flash-sale/runtime/shutdown'
import { databaseUrlOf, redisUrlOf } from '@flash-sale/runtime/store-urls'
import { watchStores } from '@flash-sale/upkeep/watch-stores'
import { WorkerEnv } from './env.ts'
import { createHealthServer } from './health-server.ts'
import { createPersistMetrics } from './persist-metrics.ts'
import { startPersister } from './persister.ts'

const redisReadyWithinMs = 10_000
const poolSizeMax = 8
/** Longer than any batch takes, but short enough that an outbox does not grow for long. */
const statementTimeoutMs = 30_000

/** Connects to the stores and persists until a signal stops it. A signal may come at any moment. */
async function main(): Promise<void> {
  const env = readEnv(WorkerEnv)
  const logger = createLogger({ name: 'worker', level: env.LOG_LEVEL })
  const [redisUrl, databaseUrl] = [redisUrlOf(env), databaseUrlOf(env)]
  const closers: (() => Promise<unknown>)[] = []
  closeOnSignal({ logger, close: () => closeInReverse(closers) })

  const redis = connectRedis({ url: redisUrl, role: 'scripts', logger })
  const queueRedis = connectRedis({ url: redisUrl, role: 'queue-worker', logger })
  closers.push(() => Promise.all([closeRedis(redis), closeRedis(queueRedis)]))
  await Promise.all([whenReady(redis, redisReadyWithinMs), whenReady(queueRedis, redisReadyWithinMs)])
  await requireSafeRedis(redis, { allowUnsafe: env.REDIS_ALLOW_UNSAFE, logger })
  const { isPooled } = await requireDatabase(databaseUrl)
  const database = connectDatabase(databaseUrl, { poolSizeMax, statementTimeoutMs, isPooled })
  closers.push(() => database.$disconnect())
  const watch = watchStores({ redis, otherRedis: [queueRedis], database }, logger)
  closers.push(() => watch.close())

  const metrics = createMetrics()
  const counts = createProcessCounts('worker')
  const reporting = startReporting(redis, counts)
  closers.push(() => reporting.close())
  const stopping = new AbortController()
  // The health server answers until the work in hand is finished, so that an operator sees the process stop.
  const health = createHealthServer(watch, metrics, stopping.signal)
  closers.push(() => health.close())
  const persister = startPersister(
    { redis, queueRedis, database },
    logger,
    createPersistMetrics(metrics, counts),
    () => watch.belonging() === 'TOGETHER',
  )
  closers.push(() => {
    stopping.abort()
    return persister.close()
  })
  announceReady(await health.listen({ port: env.PORT, host: env.HOST }))
}

await runMain(main)
