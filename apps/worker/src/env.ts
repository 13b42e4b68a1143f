import {
  databaseCaFile,
  databaseUrl,
  host,
  logLevel,
  offUnlessTrue,
  port,
  redisCaFile,
  redisUrl,
  webhookAllowPrivate,
} from '@flash-sale/runtime/env-fields'
import { Type, type Static } from 'typebox'

/** The worker's environment variables. It answers health checks at `PORT` and `HOST`. */
export const WorkerEnv = Type.Object({
  PORT: { ...port, default: 3001 },
  HOST: host,
  REDIS_URL: redisUrl,
  REDIS_CA_FILE: redisCaFile,
  DATABASE_URL: databaseUrl,
  DATABASE_CA_FILE: databaseCaFile,
  LOG_LEVEL: logLevel,
  REDIS_ALLOW_UNSAFE: offUnlessTrue('whether to work on a Redis that may evict or forget orders'),
  WEBHOOK_ALLOW_PRIVATE: webhookAllowPrivate,
})

export type WorkerEnv = Static<typeof WorkerEnv>
