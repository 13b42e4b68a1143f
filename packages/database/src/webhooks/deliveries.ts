import type { StoredOrderStatus } from '@flash-sale/contract/order-statuses'
import type { Database } from '../connect.ts'

/** An endpoint that may be told something now. */
export interface WaitingEndpoint {
  readonly id: number
  readonly position: bigint
  readonly hasReplays: boolean
}

/** The active endpoints that no job has in hand and whose next try is due. One small statement, since it is asked all the time. */
export function listWaitingEndpoints(database: Database): Promise<WaitingEndpoint[]> {
  return database.$queryRaw<WaitingEndpoint[]>`
    SELECT id, position, EXISTS (
      SELECT FROM webhook_dead_letters
      WHERE endpoint_id = e.id AND resolution IS NULL AND replay_asked_at IS NOT NULL) AS "hasReplays"
    FROM webhook_endpoints e
    WHERE state = 'active' AND (claimed_until IS NULL OR claimed_until < now())
      AND (next_try_at IS NULL OR next_try_at <= now())
    ORDER BY id`
}

/** An endpoint as the job sees it that has it in hand. */
export interface ClaimedEndpoint {
  readonly id: number
  readonly url: string
  readonly statuses: readonly StoredOrderStatus[]
  readonly position: bigint
  /** Places beyond `position` that are delivered already. */
  readonly ahead: readonly bigint[]
  readonly tryCount: number
  /** Refusals of the event behind `position` without another failure in between. */
  readonly refusedCount: number
  /** What is sent is signed with each of them. */
  readonly secrets: readonly string[]
  readonly state: string
}

/** A job that is silent for longer is taken for dead. Longer than the slowest window takes. In ms. */
export const claimMs = 30_000

/** Takes an endpoint in hand, so that one job at a time sends to it. Undefined: another job has it, or there is nothing to do now. */
export async function claimEndpoint(
  database: Database,
  id: number,
  claim: string,
): Promise<ClaimedEndpoint | undefined> {
  const [claimed] = await database.$queryRaw<ClaimedEndpoint[]>`
    UPDATE webhook_endpoints SET claim = ${claim}::uuid, claimed_until = now() + ${claimMs}::float8 * interval '1 ms'
    WHERE id = ${id}::int AND state = 'active' AND (claimed_until IS NULL OR claimed_until < now())
      AND (next_try_at IS NULL OR next_try_at <= now())
    RETURNING id, url, statuses::text[] AS statuses, position, ahead, try_count AS "tryCount", refused_count AS "refusedCount", state,
      CASE WHEN former_secret_until > now() THEN ARRAY[secret, former_secret] ELSE ARRAY[secret] END AS secrets`
  return claimed
}

/** Gives an endpoint back, for the next job. */
export async function releaseEndpoint(database: Database, id: number, claim: string): Promise<void> {
  await database.$executeRaw`
    UPDATE webhook_endpoints SET claim = NULL, claimed_until = NULL WHERE id = ${id}::int AND claim = ${claim}::uuid`
}

/** How far an endpoint was told. */
export interface Progress {
  readonly position: bigint
  readonly ahead: readonly bigint[]
  /** Whether anything was delivered. */
  readonly isDelivered: boolean
  /** Whether the failure before is over: the event was delivered, or left behind. */
  readonly isWell: boolean
}

/** Notes how far an endpoint was told. Undefined: another job has the endpoint, so send nothing more. */
export async function markProgress(
  database: Database,
  { id }: ClaimedEndpoint,
  claim: string,
  { position, ahead, isDelivered, isWell }: Progress,
): Promise<ClaimedEndpoint | undefined> {
  const [claimed] = await database.$queryRaw<ClaimedEndpoint[]>`
    UPDATE webhook_endpoints SET position = ${position}::bigint, ahead = ${[...ahead]}::bigint[],
      claimed_until = now() + ${claimMs}::float8 * interval '1 ms',
      last_delivered_at = CASE WHEN ${isDelivered}::boolean THEN now() ELSE last_delivered_at END,
      try_count = CASE WHEN ${isWell}::boolean THEN 0 ELSE try_count END,
      refused_count = CASE WHEN ${isWell}::boolean THEN 0 ELSE refused_count END,
      failing_since = CASE WHEN ${isWell}::boolean THEN NULL ELSE failing_since END,
      next_try_at = CASE WHEN ${isWell}::boolean THEN NULL ELSE next_try_at END,
      last_failure = CASE WHEN ${isWell}::boolean THEN NULL ELSE last_failure END
    WHERE id = ${id}::int AND claim = ${claim}::uuid
    RETURNING id, url, statuses::text[] AS statuses, position, ahead, try_count AS "tryCount", refused_count AS "refusedCount", state,
      CASE WHEN former_secret_until > now() THEN ARRAY[secret, former_secret] ELSE ARRAY[secret] END AS secrets`
  return claimed
}

/** A try that failed. */
export interface FailedTry {
  readonly failure: string
  readonly tryCount: number
  readonly refusedCount: number
  readonly retryAfterMs: number
  /** The endpoint is paused once it has failed for longer than this. */
  readonly giveUpAfterMs: number
}

/**
 * Notes a failed try at the event behind the position, unless the address is another one by now. Returns whether the endpoint failed for
 * too long and is paused now.
 */
export async function markFailure(
  database: Database,
  { id, url }: ClaimedEndpoint,
  claim: string,
  { failure, tryCount, refusedCount, retryAfterMs, giveUpAfterMs }: FailedTry,
): Promise<boolean> {
  const [marked] = await database.$queryRaw<{ state: string }[]>`
    UPDATE webhook_endpoints SET try_count = ${tryCount}::int, refused_count = ${refusedCount}::int, last_failure = ${failure},
      failing_since = coalesce(failing_since, now()),
      next_try_at = now() + ${retryAfterMs}::float8 * interval '1 ms',
      state = CASE WHEN state = 'active' AND coalesce(failing_since, now()) <= now() - ${giveUpAfterMs}::float8 * interval '1 ms'
        THEN 'failed' ELSE state END
    WHERE id = ${id}::int AND claim = ${claim}::uuid AND url = ${url}
    RETURNING state`
  return marked?.state === 'failed'
}
