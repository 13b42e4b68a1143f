import type { Database } from './connect.ts'
import type { PaymentRow } from './payments.ts'

/** A payment that the worker is to look at. */
export interface DuePayment extends Pick<
  PaymentRow,
  'id' | 'orderId' | 'itemId' | 'buyer' | 'quantity' | 'provider' | 'providerRef' | 'createdAt'
> {
  readonly state: 'open' | 'late'
  /** The units of its order, which ended, are not known to be back in the ledger yet. */
  readonly isReturning: boolean
}

/**
 * Whether payments are to be looked at, and refunds to be tried: the one question that a worker asks each second while there are none. The
 * first of each index is read: asked whether any is due, Postgres may read the whole table.
 */
export async function findMoneyDue(database: Database): Promise<{ payments: boolean; refunds: boolean }> {
  const [due] = await database.$queryRaw<[{ payments: boolean; refunds: boolean }]>`
    SELECT coalesce((SELECT check_at FROM payments WHERE check_at IS NOT NULL ORDER BY check_at LIMIT 1)
        <= clock_timestamp(), false) AS payments,
      coalesce((SELECT next_try_at FROM refunds WHERE state = 'due' ORDER BY next_try_at LIMIT 1)
        <= clock_timestamp(), false) AS refunds`
  return due
}

/**
 * Takes payments that are to be looked at, at most `limit` late ones and as many open ones, so that neither wait for the others. Puts each off
 * by `againMs`: no other worker takes it meanwhile, and one whose worker dies comes up again. A late one comes up soon, an open one after as
 * long as it is old, an hour at most. An open one of an order that ended, whose page nobody got, comes up no more.
 */
export function takeDuePayments(database: Database, limit: number, againMs: number): Promise<DuePayment[]> {
  return database.$queryRaw<DuePayment[]>`
    WITH late AS (
      SELECT id FROM payments WHERE check_at <= clock_timestamp() AND state = 'late' ORDER BY check_at LIMIT ${limit}::int
      FOR UPDATE SKIP LOCKED
    ), others AS (
      SELECT id FROM payments WHERE check_at <= clock_timestamp() AND state <> 'late' ORDER BY check_at LIMIT ${limit}::int
      FOR UPDATE SKIP LOCKED
    ), due AS (
      SELECT id FROM late UNION ALL SELECT id FROM others
    )
    UPDATE payments p SET check_at = CASE
      WHEN p.state = 'open' AND p.provider_ref IS NULL AND o.status <> 'confirmed' THEN NULL
      ELSE clock_timestamp() + greatest(make_interval(secs => ${againMs}::float8 / 1000),
        CASE p.state WHEN 'open' THEN least(clock_timestamp() - p.created_at, interval '1 hour') ELSE interval '0' END) END
    FROM due, orders o
    WHERE p.id = due.id AND o.id = p.order_id
    RETURNING p.id::text, p.order_id::text AS "orderId", p.item_id AS "itemId", p.buyer, p.quantity, p.provider,
      p.provider_ref AS "providerRef", p.created_at AS "createdAt", p.state::text,
      EXISTS (SELECT FROM returning_orders r WHERE r.order_id = p.order_id) AS "isReturning"`
}

/** Has a late payment looked at again in a moment. */
export async function checkAgainSoon(database: Database, paymentId: string): Promise<void> {
  await database.$executeRaw`
    UPDATE payments SET check_at = clock_timestamp() + interval '1 second' WHERE id = ${paymentId}::uuid AND state = 'late'`
}

export type LateSettled = 'paid' | 'refund' | 'waiting' | 'known'

/** Decides what becomes of late money (`settle_late_payment()`). `refusal`: why the ledger refused the new order for good. */
export async function settleLatePayment(
  database: Database,
  paymentId: string,
  newOrderId: string,
  refusal: string | undefined,
): Promise<LateSettled> {
  const [{ settled }] = await database.$queryRaw<[{ settled: LateSettled }]>`
    SELECT settle_late_payment(${paymentId}::uuid, ${newOrderId}::uuid, ${refusal ?? null}::text) AS settled`
  return settled
}
