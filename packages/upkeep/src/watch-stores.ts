import { isReadOnly } from '@flash-sale/database/is-read-only'
import { answerWithin } from '@flash-sale/runtime/answer-within'
import type { Logger } from '@flash-sale/runtime/logger'
import { createWriteProbe } from '@flash-sale/runtime/redis-write-probe'
import { readMasterOf } from '@flash-sale/runtime/redis-role'
import { reconnectToMaster } from '@flash-sale/runtime/redis'
import { createSharedRead } from '@flash-sale/runtime/shared-read'
import type { Redis } from 'ioredis'
import type { Stores } from './stores.ts'
import { watchDeployment, type Belonging } from './watch-deployment.ts'

/** What a process knows of the state of its stores; the one place that asks. */
export interface StoreWatch {
  /** Asks both stores. Never rejects. */
  readonly findFaults: () => Promise<StoreFaults>
  /** Nothing may be sold with FOREIGN stores, and nothing mended unless they are TOGETHER. */
  readonly belonging: () => Belonging
  readonly close: () => void
}

/** Why a store cannot be used now, in a sentence; undefined if it can. */
export interface StoreFaults {
  readonly redis: string | undefined
  readonly postgres: string | undefined
  /** Whether the store does not answer at all. Its fault says so too. */
  readonly isSilent: { readonly redis: boolean; readonly postgres: boolean }
}

interface Looked {
  readonly fault: string | undefined
  readonly isSilent: boolean
}

const answerWithinMs = 1_000
/** A store that changed its role is noticed within this, also while nobody asks for our health. In ms. */
const lookEveryMs = 2_000

const readOnly = {
  Redis: 'Redis is a read-only replica (READONLY).',
  Postgres: 'Postgres is read-only (READONLY).',
} as const

export interface WatchedStores extends Pick<Stores, 'database'> {
  /** The connection that writes: its Redis is the one that is told of. */
  readonly redis: Redis
  /** The process' other connections. Those that only read would never notice that their Redis is a replica by now. */
  readonly otherRedis: readonly Redis[]
  /** Whether a Redis that refuses writes (full, its disk full, too few replicas) has a fault to this process. */
  readonly needsWrites: boolean
}

/**
 * Watches both stores until it is closed, and logs once when one of them takes no writes any more, and once when it does again. Each
 * connection whose Redis is a replica connects anew.
 */
export function watchStores(
  { redis, otherRedis, database, needsWrites }: WatchedStores,
  logger: Pick<Logger, 'error' | 'warn' | 'info'>,
): StoreWatch {
  const deployment = watchDeployment({ redis, database }, logger)
  const probeWrites = createWriteProbe(redis)
  const askRedis = createSharedRead(async () => {
    if ((await readMasterOf(redis)) !== undefined) return readOnly.Redis
    return needsWrites ? probeWrites() : undefined
  }, 0)
  const askPostgres = createSharedRead(async () => ((await isReadOnly(database)) ? readOnly.Postgres : undefined), 0)
  const refusing = new Map<keyof typeof readOnly, string>()

  async function look(name: keyof typeof readOnly, ask: () => Promise<string | undefined>): Promise<Looked> {
    let fault: string | undefined
    try {
      fault = await answerWithin(ask(), answerWithinMs, name)
    } catch {
      // What it refuses is not known now; its connection says what is wrong.
      return { fault: `${name} did not answer.`, isSilent: true }
    }
    note(name, fault)
    return { fault, isSilent: false }
  }

  function note(name: keyof typeof readOnly, fault: string | undefined): void {
    if (fault === refusing.get(name)) return
    if (fault === undefined) {
      refusing.delete(name)
      logger.info(`${name} takes writes again`)
    } else {
      refusing.set(name, fault)
      if (fault === readOnly[name]) logger.warn(`${fault} No order can be taken until it is the master again`)
      else logger.error(`${fault} No order can be taken until it takes writes`)
    }
  }

  const timer = setInterval(() => {
    // Each says for itself where it ended: the name may have led to the new master in between.
    for (const other of otherRedis) void reconnectFromReplica(other)
    void look('Postgres', askPostgres)
    void look('Redis', askRedis).then(({ fault }) => {
      if (fault === readOnly.Redis) reconnectToMaster(redis)
    })
  }, lookEveryMs).unref()

  return {
    async findFaults() {
      const [ofRedis, ofPostgres] = await Promise.all([look('Redis', askRedis), look('Postgres', askPostgres)])
      const faultsOfRedis = [ofRedis.fault, deployment.fault].filter((fault) => fault !== undefined)
      return {
        redis: faultsOfRedis.length > 0 ? faultsOfRedis.join(' ') : undefined,
        postgres: ofPostgres.fault,
        isSilent: { redis: ofRedis.isSilent, postgres: ofPostgres.isSilent },
      }
    },
    belonging: () => deployment.belonging,
    close() {
      clearInterval(timer)
      deployment.close()
    },
  }
}

async function reconnectFromReplica(redis: Redis): Promise<void> {
  // Questions must not pile up in the line of a connection that is away.
  if (redis.status !== 'ready') return
  const master = await answerWithin(readMasterOf(redis), answerWithinMs, 'Redis').catch(() => undefined)
  if (master !== undefined) reconnectToMaster(redis)
}
