import type { Database, Statements } from './connect.ts'

/** Which stores belong together, as Postgres has it. */
export interface DeploymentRow {
  /** Drawn when the database was made. A restored copy has it too. */
  readonly id: string
  /** The Redis that is joined: what was written into it, and which run of which server it was; null before the first. */
  readonly redisId: string | null
  readonly redisRun: string | null
  /** A process found that Redis alive a moment ago. */
  readonly isSeen: boolean
  /** A process lost it, and no other found it alive again since, though one would have by now. */
  readonly isLost: boolean
}

/** To a Redis whose last sign of life is older than this, in seconds, no process is connected. */
const seenWithinS = 3

/** Within this, in seconds, a process whose connection to the Redis stands would have found it alive again: each looks once a second. */
const seenAgainWithinS = 1.2

/** Reads the row; `isLocked`: until the end of the transaction no one else changes it. */
export async function readDeployment(statements: Statements, isLocked = false): Promise<DeploymentRow> {
  if (isLocked) await statements.$queryRaw`SELECT FROM deployment FOR NO KEY UPDATE`
  const [row] = await statements.$queryRaw<DeploymentRow[]>`
    SELECT id::text, redis_id::text AS "redisId", redis_run AS "redisRun",
      coalesce(redis_seen_at > now() - make_interval(secs => ${seenWithinS}::int), false) AS "isSeen",
      coalesce(redis_lost_at >= redis_seen_at
        AND redis_lost_at < now() - make_interval(secs => ${seenAgainWithinS}::float8), false) AS "isLost"
    FROM deployment`
  if (!row) throw new Error('the table deployment has no row: it was deleted')
  return row
}

/** Joins a Redis. It counts as seen at once, so that the one before does not join back. */
export async function joinRedisRow(statements: Statements, redisId: string, redisRun: string): Promise<void> {
  await statements.$executeRaw`
    UPDATE deployment SET redis_id = ${redisId}::uuid, redis_run = ${redisRun}, redis_seen_at = now(),
      redis_lost_at = NULL
    WHERE (redis_id, redis_run) IS DISTINCT FROM (${redisId}::uuid, ${redisRun})`
}

/** Notes that this run of Redis, if it is the joined one, is alive. Written once a second at most, however many processes say so. */
export async function seeRedis(database: Database, redisRun: string): Promise<void> {
  await database.$executeRaw`
    UPDATE deployment SET redis_seen_at = now()
    WHERE redis_run = ${redisRun} AND (redis_seen_at IS NULL OR redis_seen_at < now() - interval '1 second'
      OR redis_lost_at >= redis_seen_at)`
}

/** Notes that a process lost this run of Redis. */
export async function loseRedis(database: Database, redisRun: string): Promise<void> {
  await database.$executeRaw`UPDATE deployment SET redis_lost_at = now() WHERE redis_run = ${redisRun}`
}
