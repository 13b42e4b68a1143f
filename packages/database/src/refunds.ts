import type { RefundListState } from '@flash-sale/contract/payments'
import type { Database, Statements } from './connect.ts'
import type { Prisma } from './generated/client.ts'
import { storable } from './storable.ts'

/** A refund that a worker is to make. */
export interface DueRefund {
  readonly id: bigint
  readonly paymentId: string
  readonly provider: string
  readonly providerRef: string | null
  readonly captureRef: string | null
  readonly amount: bigint
  readonly currency: string
  /** This try included. */
  readonly attempts: number
  readonly round: number
}

/** The pause after a failed try is twice the one before, from a second to an hour. */
const pauseMaxSeconds = 3_600

/**
 * Takes refunds that are to be tried, at most `limit`. Each is put off by `againMs` and by a pause that doubles with each try, so no
 * other worker takes it meanwhile, and one whose worker dies is tried again.
 */
export function takeDueRefunds(database: Database, limit: number, againMs: number): Promise<DueRefund[]> {
  return database.$queryRaw<DueRefund[]>`
    WITH due AS (
      SELECT id FROM refunds WHERE state = 'due' AND next_try_at <= clock_timestamp()
      ORDER BY next_try_at LIMIT ${limit}::int FOR UPDATE SKIP LOCKED
    )
    UPDATE refunds r SET attempts = r.attempts + 1, next_try_at = clock_timestamp()
      + make_interval(secs => ${againMs}::float8 / 1000 + least(2 ^ r.attempts, ${pauseMaxSeconds}::float8))
    FROM due, payments p
    WHERE r.id = due.id AND p.id = r.payment_id
    RETURNING r.id, r.payment_id::text AS "paymentId", p.provider, p.provider_ref AS "providerRef",
      p.capture_ref AS "captureRef", r.amount, r.currency, r.attempts, r.round`
}

/** The provider has the refund. */
export async function finishRefund(database: Database, refundId: bigint): Promise<void> {
  await database.$executeRaw`
    UPDATE refunds SET state = 'done', done_at = clock_timestamp(), last_error = NULL WHERE id = ${refundId} AND state = 'due'`
}

/** Notes why a try failed. `isRefused`: for good, so that the next try has another idempotency key. */
export async function noteRefundFailure(
  database: Database,
  refundId: bigint,
  reason: string,
  isRefused: boolean,
): Promise<void> {
  await database.$executeRaw`
    UPDATE refunds SET last_error = ${storable(reason, 500)}, round = round + ${isRefused ? 1 : 0}::int
    WHERE id = ${refundId} AND state = 'due'`
}

/**
 * Has the money of a paid order go back, in the transaction that ended the order. Returns the payment; undefined if no payment paid the order.
 */
export async function refundPaidOrder(statements: Statements, orderId: string): Promise<string | undefined> {
  const [row] = await statements.$queryRaw<{ paymentId: string }[]>`
    WITH given_back AS (
      UPDATE payments SET state = 'refund', fault = 'OPERATOR' WHERE paid_order_id = ${orderId}::uuid AND state = 'paid'
      RETURNING id, amount, currency
    )
    INSERT INTO refunds (payment_id, amount, currency, reason) SELECT id, amount, currency, 'OPERATOR' FROM given_back
    RETURNING payment_id::text AS "paymentId"`
  return row?.paymentId
}

const withPayment = { payment: { select: { orderId: true, paidOrderId: true, buyer: true } } } as const

/** The refund of a payment, or null. */
export function readRefund(database: Database, paymentId: string): Promise<RefundRow | null> {
  return database.refund.findUnique({ where: { paymentId }, include: withPayment })
}

/** A refund with its payment. */
export type RefundRow = Awaited<ReturnType<typeof listRefunds>>[number]

/** The newest refunds in this state, with ids below `beforeId` if it is given, at most `limit`. */
export function listRefunds(
  database: Database,
  state: RefundListState | undefined,
  beforeId: bigint | undefined,
  limit: number,
) {
  return database.refund.findMany({
    where: { ...(beforeId !== undefined && { id: { lt: beforeId } }), ...whereOf(state) },
    include: withPayment,
    orderBy: { id: 'desc' },
    take: limit,
  })
}

function whereOf(state: RefundListState | undefined): Prisma.RefundWhereInput {
  if (state === 'done') return { state }
  if (state === 'failing') return { state: 'due', lastError: { not: null } }
  return state === 'due' ? { state, lastError: null } : {}
}
