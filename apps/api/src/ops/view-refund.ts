import type { RefundView } from '@flash-sale/contract/payments'
import type { RefundRow } from '@flash-sale/database/refunds'

/** A refund as operators see it. */
export function viewRefund({
  id,
  payment,
  amount,
  state,
  lastError,
  nextTryAt,
  createdAt,
  doneAt,
  ...row
}: RefundRow): RefundView {
  const isDone = state === 'done'
  return {
    refundId: Number(id),
    paymentId: row.paymentId,
    orderId: payment.paidOrderId ?? payment.orderId,
    buyer: payment.buyer,
    amount: Number(amount),
    currency: row.currency,
    reason: row.reason,
    state: isDone ? 'done' : lastError === null ? 'due' : 'failing',
    attempts: row.attempts,
    ...(lastError !== null && { lastError }),
    ...(!isDone && { nextTryAt: nextTryAt.toISOString() }),
    createdAt: createdAt.toISOString(),
    ...(doneAt && { doneAt: doneAt.toISOString() }),
  }
}
