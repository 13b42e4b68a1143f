import { randomUUID } from 'node:crypto'

/** A payment as the simulated provider keeps it. Amounts are in the smallest unit of the currency. */
export interface BookedPayment {
  readonly ref: string
  readonly paymentId: string
  /** What is asked for; what came, once somebody paid. */
  amount: number
  currency: string
  readonly description: string
  readonly returnUrl: string | undefined
  /** Later than this nobody can pay. */
  readonly closesAtMs: number
  state: 'open' | 'succeeded' | 'failed'
}

export interface BookedRefund {
  readonly refundKey: string
  readonly paymentId: string
  readonly amount: number
}

export type PaymentAsked = Pick<
  BookedPayment,
  'paymentId' | 'amount' | 'currency' | 'description' | 'returnUrl' | 'closesAtMs'
>

/** What the provider took and gave back. In memory: it is gone with the process. */
export interface Books {
  /** The same payment id gives the same payment. */
  open(asked: PaymentAsked): BookedPayment
  find(ref: string): BookedPayment | undefined
  findById(paymentId: string): BookedPayment | undefined
  /** Gives money back once for each key. 'refused': nobody paid. */
  refund(refund: BookedRefund): 'done' | 'refused'
  readonly payments: readonly BookedPayment[]
  /** In the order in which they were made. */
  readonly refunds: readonly BookedRefund[]
}

export function createBooks(): Books {
  const payments = new Map<string, BookedPayment>()
  const refunds = new Map<string, BookedRefund>()
  const refOf = new Map<string, string>()
  const find = (ref: string) => {
    const payment = payments.get(ref)
    if (payment?.state === 'open' && payment.closesAtMs < Date.now()) payment.state = 'failed'
    return payment
  }
  const findById = (paymentId: string) => find(refOf.get(paymentId) ?? '')

  return {
    open(asked) {
      const before = findById(asked.paymentId)
      if (before) return before
      const payment: BookedPayment = { ...asked, ref: `sim_${randomUUID()}`, state: 'open' }
      payments.set(payment.ref, payment)
      refOf.set(payment.paymentId, payment.ref)
      return payment
    },
    find,
    findById,
    refund(refund) {
      if (findById(refund.paymentId)?.state !== 'succeeded') return 'refused'
      if (!refunds.has(refund.refundKey)) refunds.set(refund.refundKey, refund)
      return 'done'
    },
    get payments() {
      return [...payments.values()]
    },
    get refunds() {
      return [...refunds.values()]
    },
  }
}
