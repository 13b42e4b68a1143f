import type { LiveReadiness } from '@flash-sale/contract/live'
import type { Database } from '@flash-sale/database/connect'
import { readPostgresTime } from '@flash-sale/database/postgres-time'
import { answerWithin } from '@flash-sale/runtime/answer-within'
import { readRedisRoom } from '@flash-sale/runtime/redis-room'
import { readRedisTime } from '@flash-sale/runtime/redis-time'
import type { Redis } from 'ioredis'
import type { ApiContext } from '../api-context.ts'

/** What a sale needs before it opens, beside its stores and processes. */
export interface ReadinessSight {
  /** Looks again if it is time. Never rejects. */
  look(): Promise<void>
  readonly now: LiveReadiness
}

const lookEveryMs = 2_000
const answerWithinMs = 1_000
/** A smaller change of Redis' clock is the way to Redis and back, or a clock that is being corrected slowly. */
const stepMsMin = 500

type Clock = NonNullable<LiveReadiness['clock']>

/** Watches the clocks of the stores and the room in Redis, for the live view. */
export function createReadinessSight(
  { stores: { database }, readRedis: redis, acknowledgementLevel }: ReadinessSources,
  monotonicNow: () => number = () => performance.now(),
): ReadinessSight {
  let clock: Clock | null = null
  let redisRoom: LiveReadiness['redisRoom'] = null
  let step: Pick<Clock, 'steppedAt' | 'steppedMs'> = {}
  /** Redis' clock less the monotonic clock, in ms. */
  let offsetMs: number | undefined
  let isLooking = false
  let nextLookAtMs = -Infinity

  async function readClocks(): Promise<Clock> {
    const sentAtMs = monotonicNow()
    const redisMs = await answerWithin(readRedisTime(redis), answerWithinMs, 'Redis')
    const tookMs = monotonicNow() - sentAtMs
    const offsetNowMs = redisMs - (sentAtMs + tookMs / 2)
    const steppedMs = offsetMs === undefined ? 0 : Math.round(offsetNowMs - offsetMs)
    if (Math.abs(steppedMs) > stepMsMin + tookMs) step = { steppedAt: new Date(redisMs).toISOString(), steppedMs }
    offsetMs = offsetNowMs
    const postgresMs = await answerWithin(readPostgresTime(database), answerWithinMs, 'Postgres')
    const redisThenMs = monotonicNow() + offsetNowMs
    return { apartMs: Math.round(redisThenMs - postgresMs), ...step }
  }

  return {
    get now() {
      return { level: acknowledgementLevel() ?? 'unknown', clock, redisRoom }
    },
    async look() {
      if (isLooking || monotonicNow() < nextLookAtMs) return
      isLooking = true
      if (redis.status === 'ready') {
        clock = await readClocks().catch(() => null)
        redisRoom = await answerWithin(readRedisRoom(redis), answerWithinMs, 'Redis').catch(() => null)
      } else {
        clock = null
        redisRoom = null
      }
      nextLookAtMs = monotonicNow() + lookEveryMs
      isLooking = false
    },
  }
}

interface ReadinessSources extends Pick<ApiContext, 'acknowledgementLevel'> {
  readonly stores: { readonly database: Database }
  readonly readRedis: Redis
}
