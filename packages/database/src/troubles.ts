import type { Database } from './connect.ts'

/** What waits for an operator, in numbers. Each is counted up to `countMax`. */
export interface Troubles {
  /** Refunds that were tried in vain, and are tried again. */
  readonly failingRefunds: number
  /** How often money came for no payment of ours, and no operator said yet what became of it. */
  readonly unknownMoney: number
  /** Webhook endpoints that the service paused, since they failed for long. */
  readonly failedEndpoints: number
  /** Webhook endpoints that have not answered for a while, and are tried again. */
  readonly failingEndpoints: number
  /** Webhook endpoints that an operator paused. */
  readonly pausedEndpoints: number
  /** Events that an endpoint refused for good. */
  readonly deadLetters: number
}

/** Nobody works off more before looking again. */
const countMax = 1_000
/** An endpoint that restarts misses a call or two. */
const failingForMs = 10_000

/** Counts what waits for an operator, by indexes that hold little else. */
export async function countTroubles(database: Database): Promise<Troubles> {
  const [counted] = await database.$queryRaw<[Troubles]>`
    SELECT
      (SELECT count(*) FROM (
        SELECT FROM refunds WHERE state = 'due' AND last_error IS NOT NULL LIMIT ${countMax}::int) r)::int AS "failingRefunds",
      (SELECT count(*) FROM (
        SELECT FROM payment_events WHERE outcome = 'unknown' AND kind = 'succeeded' AND resolved_at IS NULL
        LIMIT ${countMax}::int) m)::int AS "unknownMoney",
      count(*) FILTER (WHERE state = 'failed')::int AS "failedEndpoints",
      count(*) FILTER (WHERE state = 'active' AND failing_since < now() - ${failingForMs}::float8 * interval '1 ms')::int
        AS "failingEndpoints",
      count(*) FILTER (WHERE state = 'paused')::int AS "pausedEndpoints",
      (SELECT count(*) FROM (
        SELECT FROM webhook_dead_letters WHERE resolution IS NULL LIMIT ${countMax}::int) d)::int AS "deadLetters"
    FROM webhook_endpoints`
  return counted
}
