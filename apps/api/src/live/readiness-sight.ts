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
    const { clockMs: redisMs, readAtMs, tookMs } = await readClock(() => readRedisTime(redis), 'Redis')
    const offsetNowMs = redisMs - readAtMs
    const steppedMs = offsetMs === undefined ? 0 : Math.round(offsetNowMs - offsetMs)
    if (Math.abs(steppedMs) > stepMsMin + tookMs) step = { steppedAt: new Date(redisMs).toISOString(), steppedMs }
    offsetMs = offsetNowMs
    const postgres = await readClock(() => readPostgresTime(database), 'Postgres')
    return { apartMs: Math.round(postgres.readAtMs + offsetNowMs - postgres.clockMs), ...step }
  }

  /** What a clock said, and when by the monotonic clock. Rejects also if the process was paused meanwhile: the moment is not known then. */
  async function readClock(read: () => Promise<number>, name: string) {
    const sentAtMs = monotonicNow()
    const clockMs = await answerWithin(read(), answerWithinMs, name)
    const tookMs = monotonicNow() - sentAtMs
    if (tookMs > answerWithinMs) throw new Error(`the clock of ${name} was read late`)
    return { clockMs, readAtMs: sentAtMs + tookMs / 2, tookMs }
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
