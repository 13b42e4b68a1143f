import type { PaymentState, PaymentView, RefundListState } from '@flash-sale/contract/payments'
import type { StandingLook } from '../Standing.tsx'

/** How a payment stands, and its refund once its money goes back. */
export type PaymentStanding = Exclude<PaymentState, 'refund'> | RefundListState

export function paymentStanding({ state, refundState = 'due' }: Pick<PaymentView, 'state' | 'refundState'>) {
  return state === 'refund' ? refundState : state
}

export const refundLooks: Readonly<Record<RefundListState, StandingLook>> = {
  due: 'waiting',
  failing: 'bad',
  done: 'good',
}

export const standingLooks: Readonly<Record<PaymentStanding, StandingLook>> = {
  open: 'waiting',
  failed: 'quiet',
  paid: 'good',
  late: 'caution',
  ...refundLooks,
}
