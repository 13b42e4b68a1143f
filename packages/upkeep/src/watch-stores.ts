import { isReadOnly } from '@flash-sale/database/is-read-only'
import { answerWithin } from '@flash-sale/runtime/answer-within'
import type { Logger } from '@flash-sale/runtime/logger'
import { readMasterOf } from '@flash-sale/runtime/redis-role'
import { reconnectToMaster } from '@flash-sale/runtime/redis'
import { createSharedRead } from '@flash-sale/runtime/shared-read'
import type { Redis } from 'ioredis'
import type { Stores } from './stores.ts'
import { watchDeployment, type Belonging } from './watch-deployment.ts'

/** What a process knows of the state of its stores; the one place that asks. */
export interface StoreWatch {
  /** Asks both stores. Why orders cannot be placed and persisted now, a sentence for each store; none if they can. */
  readonly findFaults: () => Promise<string[]>
  /** Nothing may be sold with FOREIGN stores, and nothing mended unless they are TOGETHER. */
  readonly belonging: () => Belonging
  readonly close: () => Promise<void>
}

type Health = 'WELL' | 'SILENT' | 'READ_ONLY'

const answerWithinMs = 1_000
/** A store that changed its role is noticed within this, also while nobody asks for our health. In ms. */
const lookEveryMs = 2_000

const sentences = {
  Redis: { SILENT: 'Redis did not answer.', READ_ONLY: 'Redis is a read-only replica (READONLY).' },
  Postgres: { SILENT: 'Postgres did not answer.', READ_ONLY: 'Postgres is read-only (READONLY).' },
} as const

export interface WatchedStores extends Pick<Stores, 'database'> {
  /** The connection that writes: its Redis is the one that is told of. */
  readonly redis: Redis
  /** The process' other connections. Those that only read would never notice that their Redis is a replica by now. */
  readonly otherRedis: readonly Redis[]
}

/**
 * Watches both stores until it is closed, and logs once when one of them takes no writes any more, and once when it does again. Each
 * connection whose Redis is a replica connects anew.
 */
export function watchStores(
  { redis, otherRedis, database }: WatchedStores,
  logger: Pick<Logger, 'error' | 'warn' | 'info'>,
): StoreWatch {
  const deployment = watchDeployment({ redis, database }, logger)
  const askRedis = createSharedRead(async () => (await readMasterOf(redis)) !== undefined, 0)
  const askPostgres = createSharedRead(() => isReadOnly(database), 0)
  const readOnly = new Set<keyof typeof sentences>()

  async function look(name: keyof typeof sentences, ask: () => Promise<boolean>): Promise<Health> {
    let health: Health
    try {
      health = (await answerWithin(ask(), answerWithinMs, name)) ? 'READ_ONLY' : 'WELL'
    } catch {
      // Which role it has is not known now; its connection says what is wrong.
      return 'SILENT'
    }
    if (health === 'READ_ONLY' && !readOnly.has(name)) {
      readOnly.add(name)
      logger.warn(`${sentences[name].READ_ONLY} No order can be taken until it is the master again`)
    }
    if (health === 'WELL' && readOnly.delete(name)) logger.info(`${name} takes writes again`)
    return health
  }

  const timer = setInterval(() => {
    // Each says for itself where it ended: the name may have led to the new master in between.
    for (const other of otherRedis) void reconnectFromReplica(other)
    void look('Postgres', askPostgres)
    void look('Redis', askRedis).then((health) => {
      if (health === 'READ_ONLY') reconnectToMaster(redis)
    })
  }, lookEveryMs).unref()

  return {
    async findFaults() {
      const [ofRedis, ofPostgres] = await Promise.all([look('Redis', askRedis), look('Postgres', askPostgres)])
      return [
        ...(ofRedis === 'WELL' ? [] : [sentences.Redis[ofRedis]]),
        ...(ofPostgres === 'WELL' ? [] : [sentences.Postgres[ofPostgres]]),
        ...(deployment.fault === undefined ? [] : [deployment.fault]),
      ]
    },
    belonging: () => deployment.belonging,
    async close() {
      clearInterval(timer)
      await deployment.close()
    },
  }
}

async function reconnectFromReplica(redis: Redis): Promise<void> {
  // Questions must not pile up in the line of a connection that is away.
  if (redis.status !== 'ready') return
  const master = await answerWithin(readMasterOf(redis), answerWithinMs, 'Redis').catch(() => undefined)
  if (master !== undefined) reconnectToMaster(redis)
}
