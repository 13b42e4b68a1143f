import { readEnv } from '@flash-sale/runtime/env'
import {
  acknowledgementLevel,
  databaseCaFile,
  databaseUrl,
  logLevel,
  offUnlessTrue,
  port,
  redisCaFile,
  redisReplicaCount,
  redisUrl,
  reserveStrategy,
} from '@flash-sale/runtime/env-fields'
import { databaseUrlOf, redisUrlOf } from '@flash-sale/runtime/store-urls'
import { Type, type Static } from 'typebox'

export interface Secrets {
  readonly jwtSecret: string
  readonly opsKey: string
}

/** The environment variables of the demo and `pnpm dev`. They start each store that no variable names. */
const DemoEnv = Type.Object({
  PORT: port,
  REDIS_URL: Type.Optional(redisUrl),
  REDIS_CA_FILE: redisCaFile,
  DATABASE_URL: Type.Optional(databaseUrl),
  DATABASE_CA_FILE: databaseCaFile,
  LOG_LEVEL: Type.Optional({ ...logLevel, default: undefined }),
  RESERVE_STRATEGY: reserveStrategy,
  ACKNOWLEDGEMENT_LEVEL: acknowledgementLevel,
  REDIS_REPLICA_COUNT: redisReplicaCount,
  REDIS_ALLOW_UNSAFE: offUnlessTrue('whether to sell from a Redis that may evict or forget orders'),
})

export type DemoEnv = Static<typeof DemoEnv>

/** Throws an EnvError that names every wrong variable. */
export function readDemoEnv(source = process.env): DemoEnv {
  return readEnv(DemoEnv, source)
}

/** The stores that the environment names. */
export function givenStores({ REDIS_URL, DATABASE_URL, ...env }: DemoEnv) {
  return {
    redisUrl: REDIS_URL === undefined ? undefined : redisUrlOf({ ...env, REDIS_URL }),
    databaseUrl: DATABASE_URL === undefined ? undefined : databaseUrlOf({ ...env, DATABASE_URL }),
  }
}

/** The apps' settings in the demo and `pnpm dev`: reachable on this machine only, with tokens for anybody. */
export function appSettings(env: DemoEnv, { jwtSecret, opsKey }: Secrets, ownLogLevel: 'warn' | 'info') {
  return {
    apiPort: env.PORT,
    env: {
      JWT_SECRET: jwtSecret,
      OPS_KEY: opsKey,
      DEV_TOKENS: 'true',
      LOG_LEVEL: env.LOG_LEVEL ?? ownLogLevel,
      RESERVE_STRATEGY: env.RESERVE_STRATEGY,
      ACKNOWLEDGEMENT_LEVEL: env.ACKNOWLEDGEMENT_LEVEL,
      REDIS_REPLICA_COUNT: String(env.REDIS_REPLICA_COUNT),
      REDIS_ALLOW_UNSAFE: String(env.REDIS_ALLOW_UNSAFE),
      // A receiver of webhooks that somebody tries listens on this machine.
      WEBHOOK_ALLOW_PRIVATE: 'true',
      // The stop is short, since there is no proxy and a person waits.
      SHUTDOWN_DELAY_MS: '0',
    },
    // Orders that are not persisted by then are in the outbox, and the next worker persists them.
    stopWithinMs: 3_000,
  }
}
