import type { PaymentState } from '@flash-sale/contract/payments'
import type { Database } from './connect.ts'
import { storable } from './storable.ts'

/** A payment's row. `amount` is in the smallest unit of the currency. */
export interface PaymentRow {
  readonly id: string
  readonly number: bigint
  readonly orderId: string
  readonly itemId: number
  readonly buyer: string
  readonly quantity: number
  readonly provider: string
  readonly providerRef: string | null
  readonly captureRef: string | null
  readonly url: string | null
  readonly amount: bigint
  readonly currency: string
  readonly state: PaymentState
  readonly fault: string | null
  readonly paidOrderId: string | null
  readonly createdAt: Date
}

/** A payment's row, and how its refund stands if its money goes back. */
export interface PaymentWithRefund extends PaymentRow {
  readonly refund: RefundOfPayment | null
}

interface RefundOfPayment {
  readonly state: 'due' | 'done'
  readonly lastError: string | null
  /** What came, which may be another amount in another currency than was asked for. */
  readonly amount: bigint
  readonly currency: string
}

const withRefund = { refund: { select: { state: true, lastError: true, amount: true, currency: true } } } as const

export interface PaymentToBegin {
  readonly orderId: string
  readonly buyer: string
  /** The id of the payment, if none is open. */
  readonly paymentId: string
  readonly provider: string
}

export interface OpenPayment {
  readonly paymentId: string
  /** Null: the provider has not been heard of yet. */
  readonly url: string | null
  readonly amount: bigint
  readonly currency: string
  readonly payBy: Date
  readonly createdAt: Date
}

/** Why no payment begins: there is no such order, its sale asks for none, its time is over, or it has this status. */
export type NotPayable = 'absent' | 'free' | 'due' | 'paid' | 'cancelled' | 'expired' | 'rejected'

/**
 * How long an order waits after `payBy` once its payment has begun, so that money on its way finds it. Longer than providers take to tell,
 * and short enough that units come back soon.
 */
export const paymentGraceSeconds = 120

/** A webhook has come by then. Otherwise the worker asks the provider. */
const firstCheckSeconds = 60

/** Begins the payment of an order, or finds the open one (`begin_payment()`). */
export async function beginPayment(
  database: Database,
  { orderId, buyer, paymentId, provider }: PaymentToBegin,
): Promise<OpenPayment | NotPayable> {
  const [row] = await database.$queryRaw<[OpenPayment & { outcome: NotPayable | 'open' }]>`
    SELECT outcome, payment_id::text AS "paymentId", url, amount, currency, pay_by AS "payBy", created_at AS "createdAt"
    FROM begin_payment(${orderId}::uuid, ${buyer}, ${paymentId}::uuid, ${provider}, ${paymentGraceSeconds}::int,
      ${firstCheckSeconds}::int)`
  const { outcome, ...open } = row
  return outcome === 'open' ? open : outcome
}

/** Keeps what the provider answered. Doing it twice does it once. */
export async function keepOpened(
  database: Database,
  paymentId: string,
  { providerRef, url }: { readonly providerRef: string; readonly url: string },
): Promise<void> {
  await database.$executeRaw`
    UPDATE payments SET provider_ref = ${providerRef}, url = ${url} WHERE id = ${paymentId}::uuid AND url IS NULL`
}

/** What a provider told of a payment. */
export interface ToldPayment {
  readonly provider: string
  /** The provider's name of the event. */
  readonly eventId: string
  readonly kind: 'succeeded' | 'failed'
  readonly paymentId: string
  readonly providerRef: string
  readonly captureRef?: string | undefined
  readonly amount: number
  readonly currency: string
}

/** `apply_payment.sql` says what each means. */
export type Applied = 'paid' | 'late' | 'refund' | 'failed' | 'known' | 'repeated' | 'unknown'

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** Applies what a provider told, once for each event and its money once (`apply_payment()`). Resolves after the commit. */
export async function applyPayment(database: Database, told: ToldPayment): Promise<Applied> {
  const { provider, eventId, kind, paymentId, providerRef, captureRef, amount, currency } = told
  const known = uuid.test(paymentId) ? paymentId : null
  const [{ applied }] = await database.$queryRaw<[{ applied: Applied }]>`
    SELECT apply_payment(${provider}, ${storable(eventId, 255)}, ${kind}, ${known}::uuid, ${storable(providerRef, 255)},
      ${captureRef === undefined ? null : storable(captureRef, 255)}, ${BigInt(amount)}::bigint, ${storable(currency, 8)}) AS applied`
  return applied
}

/** One payment by its id, or null. */
export function readPayment(database: Database, paymentId: string): Promise<PaymentRow | null> {
  return database.payment.findUnique({ where: { id: paymentId } })
}

export interface PaymentFilter {
  readonly orderId?: string | undefined
  readonly state?: PaymentState | undefined
}

/** The newest payments that match, numbered before `beforeNumber` if it is given, at most `limit`. */
export function listPayments(
  database: Database,
  { orderId, state }: PaymentFilter,
  beforeNumber: bigint | undefined,
  limit: number,
): Promise<PaymentWithRefund[]> {
  return database.payment.findMany({
    include: withRefund,
    where: {
      ...(beforeNumber !== undefined && { number: { lt: beforeNumber } }),
      ...(orderId !== undefined && { OR: [{ orderId }, { paidOrderId: orderId }] }),
      ...(state !== undefined && { state }),
    },
    orderBy: { number: 'desc' },
    take: limit,
  })
}

/** The payments of these orders (UUIDs) for which money came, and those that paid them in place of other orders. The oldest first. */
export function readMoneyOfOrders(database: Database, orderIds: readonly string[]): Promise<PaymentWithRefund[]> {
  const among = { in: [...orderIds] }
  return database.payment.findMany({
    where: { state: { in: ['paid', 'late', 'refund'] }, OR: [{ orderId: among }, { paidOrderId: among }] },
    include: withRefund,
    orderBy: { number: 'asc' },
  })
}
