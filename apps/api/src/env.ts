import {
  acknowledgementLevel,
  databaseCaFile,
  databaseUrl,
  host,
  jwtSecret,
  logLevel,
  offUnlessTrue,
  opsKey,
  port,
  redisCaFile,
  redisReplicaCount,
  redisUrl,
  reserveStrategy,
  shutdownDelayMs,
  signInUrl,
  webhookAllowPrivate,
} from '@flash-sale/runtime/env-fields'
import { Type, type Static } from 'typebox'

/** What the API reads from its environment. */
export const ApiEnv = Type.Object({
  PORT: port,
  HOST: host,
  REDIS_URL: redisUrl,
  REDIS_CA_FILE: redisCaFile,
  DATABASE_URL: databaseUrl,
  DATABASE_CA_FILE: databaseCaFile,
  JWT_SECRET: jwtSecret,
  OPS_KEY: opsKey,
  DEV_TOKENS: offUnlessTrue('whether anybody may make themselves a buyer (POST /v1/dev/tokens); for development only'),
  SIGN_IN_URL: signInUrl,
  PAGES_FOLDER: Type.Optional(
    Type.String({
      description: 'where the built pages are, the shop and the dashboard',
      examples: ['apps/pages/dist'],
      minLength: 1,
    }),
  ),
  RESERVE_STRATEGY: reserveStrategy,
  ACKNOWLEDGEMENT_LEVEL: acknowledgementLevel,
  REDIS_REPLICA_COUNT: redisReplicaCount,
  SHUTDOWN_DELAY_MS: shutdownDelayMs,
  LOG_LEVEL: logLevel,
  REDIS_ALLOW_UNSAFE: offUnlessTrue('whether to sell from a Redis that may evict or forget orders'),
  WEBHOOK_ALLOW_PRIVATE: webhookAllowPrivate,
})

export type ApiEnv = Static<typeof ApiEnv>
