import type { Database, Statements } from './connect.ts'

/** Money that came for no payment of ours, as its provider told it. `amount` is in the smallest unit of the currency. */
export interface UnknownMoneyRow {
  readonly number: bigint
  readonly provider: string
  readonly eventId: string
  readonly paymentId: string | null
  readonly amount: bigint
  readonly currency: string
  readonly receivedAt: Date
}

/** Unknown money that waits for an operator, the newest first, numbered before `beforeNumber` if it is given, at most `limit`. */
export function listUnknownMoney(
  database: Database,
  beforeNumber: bigint | undefined,
  limit: number,
): Promise<UnknownMoneyRow[]> {
  return database.$queryRaw<UnknownMoneyRow[]>`
    SELECT number, provider, event_id AS "eventId", payment_id::text AS "paymentId", coalesce(amount, 0) AS amount,
      coalesce(currency, '') AS currency, received_at AS "receivedAt"
    FROM payment_events
    WHERE outcome = 'unknown' AND kind = 'succeeded' AND resolved_at IS NULL
      AND (${beforeNumber ?? null}::bigint IS NULL OR number < ${beforeNumber ?? null}::bigint)
    ORDER BY number DESC LIMIT ${limit}::int`
}

/** Notes that an operator said what became of unknown money. Undefined: none of this number waits. */
export async function resolveUnknownMoney(
  statements: Statements,
  number: number,
): Promise<Pick<UnknownMoneyRow, 'provider' | 'eventId' | 'amount' | 'currency'> | undefined> {
  const [resolved] = await statements.$queryRaw<UnknownMoneyRow[]>`
    UPDATE payment_events SET resolved_at = clock_timestamp()
    WHERE number = ${number}::bigint AND outcome = 'unknown' AND kind = 'succeeded' AND resolved_at IS NULL
    RETURNING provider, event_id AS "eventId", coalesce(amount, 0) AS amount, coalesce(currency, '') AS currency`
  return resolved
}
