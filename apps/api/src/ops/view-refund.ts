import type { RefundListState, RefundView } from '@flash-sale/contract/payments'
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
    state: stateOfRefund({ state, lastError }),
    attempts: row.attempts,
    ...(lastError !== null && { lastError }),
    ...(!isDone && { nextTryAt: nextTryAt.toISOString() }),
    createdAt: createdAt.toISOString(),
    ...(doneAt && { doneAt: doneAt.toISOString() }),
  }
}

/** How a refund stands for operators: one that is due and was tried in vain is failing. */
export function stateOfRefund({ state, lastError }: Pick<RefundRow, 'state' | 'lastError'>): RefundListState {
  return state === 'done' ? 'done' : lastError === null ? 'due' : 'failing'
}
