import { randomUUID } from 'node:crypto'
import { joinRedisRow, readDeployment, type DeploymentRow } from '@flash-sale/database/deployment'
import { answerWithin } from '@flash-sale/runtime/answer-within'
import { deploymentKey } from '@flash-sale/stock/ledger-keys'
import type { Redis } from 'ioredis'
import type { Stores } from './stores.ts'

/** Whether a Redis and a database belong together. The ids are for people. */
export type Standing =
  | { readonly kind: 'JOINED' }
  /** The Redis belongs to another database. */
  | { readonly kind: 'FOREIGN'; readonly deploymentId: string; readonly foundId: string }
  /** Another Redis belongs to the database, and a process found it alive a moment ago. */
  | { readonly kind: 'SECOND'; readonly deploymentId: string; readonly joinedRun: string; readonly run: string }

/** What a Redis says of itself. */
export interface FoundRedis {
  /** `DEPLOYMENT REDIS`, the ids that were written into it; null when it is empty. */
  readonly text: string | null
  /** Which run of which server, and which of its databases. */
  readonly run: string
}

/** A Redis that does not answer must not keep the row locked. In ms. */
const answerWithinMs = 2_000

/** What Redis holds under `deploymentKey` when it is joined. */
export function deploymentText(deploymentId: string, redisId: string | null): string {
  return `${deploymentId} ${redisId}`
}

/** Asks a Redis which it is. */
export async function askWhichRedis(redis: Redis): Promise<FoundRedis> {
  const [text, run] = await Promise.all([redis.get(deploymentKey), readRedisRun(redis)])
  return { text, run }
}

/** The same as long as the connection stands. */
export async function readRedisRun(redis: Redis): Promise<string> {
  const runId = /^run_id:(\w+)/m.exec(await redis.info('server'))?.[1] ?? ''
  return `${runId}/${redis.options.db ?? 0}`
}

/** Whether this Redis is the joined one; 'JOINS' when it is to become it. */
export function judgeRedis(row: DeploymentRow, { text, run }: FoundRedis): Standing | 'JOINS' {
  const [foundId, redisId] = text?.split(' ') ?? []
  if (foundId !== undefined && foundId !== row.id) return { kind: 'FOREIGN', deploymentId: row.id, foundId }
  const hasItsData = redisId !== undefined && redisId === row.redisId
  // One with the data of the joined one is that one, come back or promoted, as soon as a process lost it. Any other has to wait until no
  // process sees the joined one: a process may lose that by a fault of its own.
  if (run !== row.redisRun && row.isSeen && !(hasItsData && row.isLost)) {
    return { kind: 'SECOND', deploymentId: row.id, joinedRun: row.redisRun ?? '', run }
  }
  return run === row.redisRun && hasItsData ? { kind: 'JOINED' } : 'JOINS'
}

/**
 * Joins this Redis to the database, unless it belongs to another, or another living one is joined. So one that was emptied, restarted,
 * promoted or replaced while it was away comes back by itself. Rejects when a store does not answer.
 */
export function joinRedis({ redis, database }: Pick<Stores, 'redis' | 'database'>): Promise<Standing> {
  return join({ redis, database }, judgeRedis)
}

/** Joins this Redis to the database whatever it belonged to, and whichever was joined: on the word of an operator. */
export function adoptRedis(stores: Pick<Stores, 'redis' | 'database'>): Promise<Standing> {
  return join(stores, () => 'JOINS')
}

function join({ redis, database }: Pick<Stores, 'redis' | 'database'>, judge: typeof judgeRedis): Promise<Standing> {
  return database.$transaction(async (statements) => {
    const row = await readDeployment(statements, true)
    const found = await answerWithin(askWhichRedis(redis), answerWithinMs, 'Redis')
    const standing = judge(row, found)
    if (standing !== 'JOINS') return standing
    const redisId = redisIdFor(row, found)
    await answerWithin(redis.set(deploymentKey, deploymentText(row.id, redisId)), answerWithinMs, 'Redis')
    await joinRedisRow(statements, redisId, found.run)
    return { kind: 'JOINED' }
  })
}

/** An emptied Redis gets its id back. One that takes the place of another has its own, so that the other is known by it later. */
function redisIdFor(row: DeploymentRow, { text, run }: FoundRedis): string {
  const [foundId, redisId] = text?.split(' ') ?? []
  if (redisId !== undefined && foundId === row.id) return redisId
  return run === row.redisRun && row.redisId !== null ? row.redisId : randomUUID()
}
