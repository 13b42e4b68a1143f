import { Redis, type RedisOptions } from 'ioredis'
import { hideSecrets } from './hide-secrets.ts'
import type { Logger } from './logger.ts'
import { parseRedisUrl } from './redis-address.ts'
import { isNoSuchDatabase, redisFailureAdvice, redisFailureReason } from './redis-failure.ts'
import { StartupError } from './startup-error.ts'

export type RedisRole = 'scripts' | 'reads' | 'queue-producer' | 'queue-worker' | 'subscriber'

export type RedisState = 'ready' | 'lost'

export interface ConnectRedisOptions {
  readonly url: string
  readonly role: RedisRole
  readonly logger: Pick<Logger, 'info' | 'warn'>
  /** Called at each change, first when the connection is ready. */
  readonly onStateChange?: (state: RedisState) => void
  /** Times for tests, which are shorter than the defaults of 3 s (15 s for the queue's worker) and 2 s. */
  readonly silence?: { readonly giveUpAfterMs: number; readonly askEveryMs: number }
}

export class RedisUnreachableError extends StartupError {
  override name = 'RedisUnreachableError'
}

/** A socket that is silent this long (a frozen Redis, a cut cable) is replaced, and commands in flight are sent again on a new one. In ms. */
const silentSocketMs = 3_000

/** BullMQ waits up to 10 s inside one blocking command, during which the socket is silent. */
const silentWorkerSocketMs = 15_000

/** An idle connection sends a PING this often, so that a dead connection is found before an order needs it. In ms. */
const heartbeatMs = 2_000

const connectTimeoutMs = 3_000
const keepAliveMs = 10_000
const retryDelayMsMin = 50
const retryDelayMsMax = 1_000

/** The pause before a demoted master is tried again, since it stays demoted for a while. In ms. */
const demotedDelayMs = 500

/** How often a Redis that is loading its data is asked whether it is ready. In ms. */
const loadingRetryMs = 250

type RoleOptions = Pick<RedisOptions, 'maxRetriesPerRequest' | 'enableOfflineQueue' | 'socketTimeout'>

const roleOptions: Record<RedisRole, RoleOptions> = {
  // A command in flight when the connection breaks is sent again until it succeeds: every script can be repeated, and the caller has
  // a deadline of its own.
  scripts: { maxRetriesPerRequest: null, socketTimeout: silentSocketMs },
  // A read fails at once while Redis is away. Its caller reads again, and no reads pile up.
  reads: { maxRetriesPerRequest: 1, enableOfflineQueue: false, socketTimeout: silentSocketMs },
  // A ring fails at once while Redis is away. The sweep finds the order anyway.
  'queue-producer': { maxRetriesPerRequest: 1, enableOfflineQueue: false, socketTimeout: silentSocketMs },
  'queue-worker': { maxRetriesPerRequest: null, socketTimeout: silentWorkerSocketMs },
  subscriber: { maxRetriesPerRequest: null, socketTimeout: silentSocketMs },
}

/**
 * A connection that repairs itself: it connects at once, in the background, and reconnects as long as the process lives. A rejected or
 * unanswered command means that no reply came, not that the command did not run. Close it with `closeRedis`.
 */
export function connectRedis({ url, role, logger, onStateChange, silence }: ConnectRedisOptions): Redis {
  const redis: Redis = new Redis({
    ...parseRedisUrl(url),
    ...roleOptions[role],
    ...(silence && { socketTimeout: silence.giveUpAfterMs }),
    connectionName: `flash-sale:${role}`,
    connectTimeout: connectTimeoutMs,
    keepAlive: keepAliveMs,
    maxLoadingRetryTime: loadingRetryMs,
    retryStrategy: (attempts) => (demoted.has(redis) ? demotedDelayMs : retryDelayMs(attempts)),
    reconnectOnError: (error) => {
      if (!error.message.includes('READONLY')) return false
      demoted.add(redis)
      // Reconnect, since the name may mean the new master by now, and send the command again.
      return 2
    },
  })
  refuseWithoutInfo(redis)
  reportStates(redis, role, logger, onStateChange)
  askForSignsOfLife(redis, silence?.askEveryMs ?? heartbeatMs)
  return redis
}

/** Connections that reconnect because their Redis became a replica, until they are ready. */
const demoted = new WeakSet<Redis>()

/** Reconnects, since the name may mean the new master by now. Logs only a failed reconnect; the watch of the stores logs the role. */
export function reconnectToMaster(redis: Redis): void {
  if (redis.status !== 'ready') return
  demoted.add(redis)
  redis.disconnect(true)
}

/**
 * Resolves once commands can be sent. Rejects with a RedisUnreachableError that names the last reason after `timeoutMs` (default: never),
 * or at once for a reason that only a person can remove. The connection keeps trying.
 */
export async function whenReady(redis: Redis, timeoutMs?: number): Promise<void> {
  if (redis.status === 'ready') return
  let lastError: Error | undefined
  let giveUp: (() => void) | undefined
  const noteError = (error: Error) => {
    lastError = error
    if (redisFailureAdvice(error) !== undefined) giveUp?.()
  }
  redis.on('error', noteError)
  let timer: NodeJS.Timeout | undefined
  try {
    await new Promise<void>((resolve, reject) => {
      giveUp = () => reject(new RedisUnreachableError(unreachableText(redis, lastError, timeoutMs)))
      if (timeoutMs !== undefined) timer = setTimeout(giveUp, timeoutMs)
      redis.once('ready', resolve)
      redis.once('end', giveUp)
    })
  } finally {
    clearTimeout(timer)
    redis.off('error', noteError)
    if (giveUp) redis.off('end', giveUp)
  }
}

/**
 * Closes a connection after all sent commands are answered, or after `timeoutMs`. Commands that wait for a lost Redis are given up and may
 * never settle.
 */
export async function closeRedis(redis: Redis, timeoutMs = 1_000): Promise<void> {
  if (redis.status === 'ready') {
    const quit = redis.quit().catch(() => undefined)
    await Promise.race([quit, new Promise((resolve) => setTimeout(resolve, timeoutMs).unref())])
  }
  redis.disconnect()
}

/** The wait doubles with each attempt. Half of it is random, so that processes that lost Redis together do not return together. */
function retryDelayMs(attempts: number): number {
  const delayMs = Math.min(retryDelayMsMin * 2 ** (attempts - 1), retryDelayMsMax)
  return delayMs / 2 + (Math.random() * delayMs) / 2
}

function reportStates(
  redis: Redis,
  role: RedisRole,
  logger: Pick<Logger, 'info' | 'warn'>,
  onStateChange: ConnectRedisOptions['onStateChange'],
): void {
  let state: RedisState | undefined
  let reason: string | undefined
  let wasReady = false
  const change = (next: RedisState) => {
    if (state === next) return
    const wasLost = state === 'lost'
    state = next
    // Of a connection that never was there, the process that waits for it tells.
    if (next === 'lost' && wasReady) logger.warn({ role, reason }, 'Redis: connection lost, trying again')
    else if (wasLost && wasReady) logger.info({ role }, 'Redis: connected again')
    wasReady ||= next === 'ready'
    reason = undefined
    onStateChange?.(next)
  }
  // Without a listener an error would end the process. The error is logged together with the state that follows.
  redis.on('error', (error: Error) => {
    reason = hideSecrets(redisFailureReason(error))
    demoted.delete(redis)
    if (isNoSuchDatabase(error)) redis.disconnect(true)
  })
  redis.on('ready', () => {
    demoted.delete(redis)
    change('ready')
  })
  redis.on('reconnecting', () => {
    if (!demoted.has(redis)) change('lost')
  })
}

function askForSignsOfLife(redis: Redis, everyMs: number): void {
  let asking = false
  const timer = setInterval(() => {
    if (redis.status !== 'ready' || asking) return
    asking = true
    // The socket time-out notices a missing answer.
    void redis
      .ping()
      .catch(() => undefined)
      .finally(() => (asking = false))
  }, everyMs).unref()
  redis.once('end', () => clearInterval(timer))
}

/** Why this connection is not ready and what to do about it, as one line for a person. */
export function unreachableText(redis: Redis, lastError: Error | undefined, timeoutMs?: number): string {
  const { host, port, path } = redis.options
  const where = path ?? `${host}:${port}`
  const advice = lastError && redisFailureAdvice(lastError)
  if (lastError && advice) return `Redis at ${where} cannot be used: ${redisFailureReason(lastError)}; ${advice}`
  const reason = lastError ? `: ${redisFailureReason(lastError)}` : ''
  // A Redis without TLS does not answer a TLS greeting.
  const wasSilent = !lastError || lastError.message.includes('ETIMEDOUT')
  const tlsHint = redis.options.tls && wasSilent ? ' (rediss:// is for one that speaks TLS)' : ''
  const within = timeoutMs === undefined ? '' : ` within ${timeoutMs} ms`
  return `Redis at ${where} was not ready${within}${reason}; start it, or correct REDIS_URL${tlsHint}`
}

/** Without the right to run INFO, ioredis only prints a warning and continues, but each of our scripts needs INFO and fails. */
function refuseWithoutInfo(redis: Redis): void {
  const info = redis.info.bind(redis) as (...args: unknown[]) => Promise<string>
  const ask = (...args: unknown[]) => {
    const callback = args.at(-1)
    if (typeof callback !== 'function') return info(...args)
    return info(...args.slice(0, -1), (error: Error | null, reply: string) => {
      const isRefused = error?.message.startsWith('NOPERM') === true
      callback(isRefused ? new Error(error.message.replace('NOPERM ', '')) : error, reply)
    })
  }
  Object.assign(redis, { info: ask })
}
