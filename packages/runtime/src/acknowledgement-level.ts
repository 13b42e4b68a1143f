import { ReplyError, type Redis } from 'ioredis'
import type { Logger } from './logger.ts'
import { readReplication } from './redis-role.ts'
import { lackingRedisRight } from './redis-rights.ts'
import { StartupError } from './startup-error.ts'

/** Which faults an answered write survives, by the settings of Redis. */
export type AcknowledgementLevel = 'replicated' | 'fsync' | 'everysec' | 'none' | 'unknown'

/** The levels that a deployment can choose. */
export type ChosenLevel = Extract<AcknowledgementLevel, 'replicated' | 'fsync' | 'everysec'>

/** What a deployment promises its buyers. */
export interface AcknowledgementDemand {
  readonly level: ChosenLevel
  /** How many replicas may be promoted. Looked at for `replicated` only. */
  readonly replicaCount: number
}

export interface AcknowledgementReport {
  readonly level: AcknowledgementLevel
  /** Settings of this Redis because of which it should not take orders; empty if it can. */
  readonly problems: readonly string[]
  /** Replicas that are demanded and not connected. This passes by itself. */
  readonly shortage?: string
  readonly settings: Readonly<Record<string, string>>
}

export class RedisUnsafeError extends StartupError {
  override name = 'RedisUnsafeError'
}

export const meaningOfLevel: Record<AcknowledgementLevel, string> = {
  replicated: 'an accepted order survives the loss of the master and the promotion of a replica',
  fsync: 'an accepted order survives a crash and a power loss of its machine',
  everysec: 'a crash may lose about the last 2 s of accepted orders',
  none: 'a crash may lose accepted orders',
  unknown: 'this Redis does not say what a crash may lose',
}

const settingNames = ['appendonly', 'appendfsync', 'no-appendfsync-on-rewrite', 'maxmemory', 'maxmemory-policy', 'save']
const majorVersionMin = 7

/** Reads from Redis which faults its answers survive, and what is missing to `demand`. Rejects only if Redis does not answer. */
export async function readAcknowledgementLevel(
  redis: Redis,
  demand: AcknowledgementDemand = { level: 'everysec', replicaCount: 0 },
): Promise<AcknowledgementReport> {
  const [info, settings, shortage] = await Promise.all([
    redis.info('server'),
    readSettings(redis),
    demand.level === 'replicated' ? findShortage(redis, demand.replicaCount) : undefined,
  ])
  const version = /^redis_version:(\S+)/m.exec(info)?.[1] ?? 'unknown'
  const versionProblems =
    Number.parseInt(version, 10) >= majorVersionMin
      ? []
      : [`its version is ${version}, and 7.0 is the oldest that will do`]
  const missing = shortage === undefined ? {} : { shortage }
  if (!settings) {
    const problems = [
      ...versionProblems,
      'it does not show its settings (CONFIG GET), so nothing says that it keeps what it answers',
    ]
    return { level: 'unknown', problems, settings: {}, ...missing }
  }
  const kept = keptBy(settings)
  const isReplicated = demand.level === 'replicated' && kept === 'fsync' && shortage === undefined
  const problems = [...versionProblems, ...persistenceProblems(settings, demand.level), ...evictionProblems(settings)]
  return { level: isReplicated ? 'replicated' : kept, problems, settings, ...missing }
}

/**
 * Logs in one line which faults an answer of this Redis survives. Throws a RedisUnsafeError if Redis takes no orders (a replica, a user
 * without rights), or if it may forget or evict orders against the demand and `allowUnsafe` is not set. Replicas may connect later.
 */
export async function requireSafeRedis(
  redis: Redis,
  {
    demand,
    allowUnsafe,
    logger,
  }: {
    readonly demand?: AcknowledgementDemand
    readonly allowUnsafe: boolean
    readonly logger: Pick<Logger, 'info' | 'warn'>
  },
): Promise<AcknowledgementReport> {
  await requireUsableRedis(redis)
  const report = await readAcknowledgementLevel(redis, demand)
  const { level, problems } = report
  if (problems.length > 0 && !allowUnsafe) {
    throw new RedisUnsafeError(
      `This Redis is not safe to sell from: ${problems.join('; ')}. Correct it, or set REDIS_ALLOW_UNSAFE=true to start anyway.`,
    )
  }
  if (problems.length > 0)
    logger.warn(
      { acknowledgementLevel: level, problems },
      `Redis acknowledges at "${level}", allowed: ${meaningOfLevel[level]}`,
    )
  else logger.info({ acknowledgementLevel: level }, `Redis acknowledges at "${level}": ${meaningOfLevel[level]}`)
  return report
}

/** Reasons why this Redis takes no orders at all. No setting allows such a Redis. */
async function requireUsableRedis(redis: Redis): Promise<void> {
  const { master } = await readReplication(redis)
  if (master !== undefined) {
    throw new RedisUnsafeError(
      `This Redis is a read-only replica of ${master}; correct REDIS_URL to lead to the master`,
    )
  }
  const right = await lackingRedisRight(redis)
  if (right !== undefined) {
    throw new RedisUnsafeError(
      `The user of REDIS_URL lacks the right to run ${right}; docs/operate.md lists the rights that it needs`,
    )
  }
}

async function findShortage(redis: Redis, replicaCount: number): Promise<string | undefined> {
  const { onlineReplicaCount } = await readReplication(redis)
  if (onlineReplicaCount >= replicaCount) return undefined
  return `${onlineReplicaCount} of its ${replicaCount} replicas (REDIS_REPLICA_COUNT) are connected`
}

function keptBy(settings: Readonly<Record<string, string>>): AcknowledgementLevel {
  if (lossProblems(settings).length > 0) return 'none'
  return settings['appendfsync'] === 'always' ? 'fsync' : 'everysec'
}

function persistenceProblems(settings: Readonly<Record<string, string>>, demanded: ChosenLevel): string[] {
  const problems = lossProblems(settings)
  if (problems.length > 0 || demanded === 'everysec' || settings['appendfsync'] === 'always') return problems
  return [
    `it may lose about 2 s (appendfsync ${settings['appendfsync']}), less than ACKNOWLEDGEMENT_LEVEL=${demanded} promises (set appendfsync always, or ACKNOWLEDGEMENT_LEVEL=everysec)`,
  ]
}

function lossProblems(settings: Readonly<Record<string, string>>): string[] {
  if (settings['appendonly'] !== 'yes') {
    return [
      settings['save']
        ? 'it keeps only snapshots, so a crash loses all since the last (set appendonly yes)'
        : 'it keeps nothing on disk (set appendonly yes)',
    ]
  }
  if (settings['appendfsync'] === 'no') {
    return ['it leaves writing to the operating system, which may lose 30 s (set appendfsync always)']
  }
  if (settings['no-appendfsync-on-rewrite'] === 'yes') {
    return ['it stops syncing while it rewrites its log, which may lose 30 s (set no-appendfsync-on-rewrite no)']
  }
  return []
}
function evictionProblems(settings: Readonly<Record<string, string>>): string[] {
  const policy = settings['maxmemory-policy']
  if (settings['maxmemory'] === '0' || policy === 'noeviction') return []
  return [`it evicts keys when its memory is full (maxmemory-policy ${policy}; set it to noeviction)`]
}

/** Undefined if Redis refuses the command, as managed Redis does. */
async function readSettings(redis: Redis): Promise<Record<string, string> | undefined> {
  try {
    return pairsOf(await redis.config('GET', ...settingNames))
  } catch (error) {
    if (error instanceof ReplyError) return undefined
    throw error
  }
}

function pairsOf(reply: unknown): Record<string, string> | undefined {
  if (!Array.isArray(reply) || reply.length === 0) return undefined
  const texts = reply.map(String)
  const settings: Record<string, string> = {}
  for (let at = 0; at + 1 < texts.length; at += 2) settings[texts[at] ?? ''] = texts[at + 1] ?? ''
  return settings
}
