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
  /** In place of 3 s (15 s for the queue's worker) and 2 s: shorter in tests. */
  readonly silence?: { readonly giveUpAfterMs: number; readonly askEveryMs: number }
}

export class RedisUnreachableError extends StartupError {
  override name = 'RedisUnreachableError'
}

/** A silent socket (a frozen Redis, a cut cable) is given up after this, and what was in flight is sent again on a new one. In ms. */
const silentSocketMs = 3_000

/** BullMQ waits up to 10 s inside one blocking command, silent by intent. */
const silentWorkerSocketMs = 15_000

/** An idle connection asks for a sign of life this often, so that a dead one is found before an order needs it. In ms. */
const heartbeatMs = 2_000

const connectTimeoutMs = 3_000
const keepAliveMs = 10_000
const retryDelayMsMin = 50
const retryDelayMsMax = 1_000

/** A master that was demoted stays so for a while: asking it again at once would only be noise. In ms. */
const demotedDelayMs = 500

/** How often to ask a Redis that is loading its data whether it has done. In ms. */
const loadingRetryMs = 250

type RoleOptions = Pick<RedisOptions, 'maxRetriesPerRequest' | 'enableOfflineQueue' | 'socketTimeout'>

const roleOptions: Record<RedisRole, RoleOptions> = {
  // A command in flight when the connection breaks is sent again, for as long as it takes: every script can be repeated, and the
  // one who asked has a deadline of its own.
  scripts: { maxRetriesPerRequest: null, socketTimeout: silentSocketMs },
  // A read that cannot be answered now fails now: whoever asked asks again, and nothing piles up for a Redis that is away.
  reads: { maxRetriesPerRequest: 1, enableOfflineQueue: false, socketTimeout: silentSocketMs },
  // A doorbell that cannot ring now must fail now; the sweep finds the order anyway.
  'queue-producer': { maxRetriesPerRequest: 1, enableOfflineQueue: false, socketTimeout: silentSocketMs },
  'queue-worker': { maxRetriesPerRequest: null, socketTimeout: silentWorkerSocketMs },
  subscriber: { maxRetriesPerRequest: null, socketTimeout: silentSocketMs },
}

/**
 * A connection that mends itself: it connects at once, in the background, and reconnects for as long as the process lives. A
 * rejected or unanswered command says that no reply came, never that the command did not run. Close it with `closeRedis`.
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
      // Reconnect, since the name may lead to the new master by now, and send the command again.
      return 2
    },
  })
  refuseWithoutInfo(redis)
  reportStates(redis, role, logger, onStateChange)
  askForSignsOfLife(redis, silence?.askEveryMs ?? heartbeatMs)
  return redis
}

/** Connections that are being made anew because the Redis at their end is a replica, and while they are not ready. */
const demoted = new WeakSet<Redis>()

/** Connects anew, for the name may lead to the new master by now. Only a reconnect that fails is logged: the role is the watch's to tell. */
export function reconnectToMaster(redis: Redis): void {
  if (redis.status !== 'ready') return
  demoted.add(redis)
  redis.disconnect(true)
}

/**
 * Resolves once commands can be sent. Rejects with a RedisUnreachableError that names the last reason if that takes longer than
 * `timeoutMs` (default: no bound), and at once for a reason that only a person can mend; the connection goes on trying.
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
 * Closes a connection after what was sent on it was answered, or after `timeoutMs`. Commands that still wait for a lost Redis are
 * given up and may never settle.
 */
export async function closeRedis(redis: Redis, timeoutMs = 1_000): Promise<void> {
  if (redis.status === 'ready') {
    const quit = redis.quit().catch(() => undefined)
    await Promise.race([quit, new Promise((resolve) => setTimeout(resolve, timeoutMs).unref())])
  }
  redis.disconnect()
}

/** Doubles from attempt to attempt; half of it by chance, so that processes that lost Redis together do not return together. */
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
  // Also keeps an error from ending the process; that one is logged with the state it leads to.
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
    // An answer that does not come is the socket time-out's to notice.
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
  // A Redis without TLS answers a TLS greeting with silence.
  const wasSilent = !lastError || lastError.message.includes('ETIMEDOUT')
  const tlsHint = redis.options.tls && wasSilent ? ' (rediss:// is for one that speaks TLS)' : ''
  const within = timeoutMs === undefined ? '' : ` within ${timeoutMs} ms`
  return `Redis at ${where} was not ready${within}${reason}; start it, or correct REDIS_URL${tlsHint}`
}

/** Without the right to ask INFO, ioredis would say so on the console and go on; our scripts ask it and fail one by one. */
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
