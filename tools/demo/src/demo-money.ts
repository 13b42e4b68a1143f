import { judgePayments, type PaymentViolation, type ProviderBooks } from '@flash-sale/kit/judge-payments'

/** The money of one sale, as the provider's books have it, against the orders that it paid. */
export interface SaleMoney {
  readonly paymentCount: number
  readonly refundCount: number
  /** Payments with neither an order nor a refund, or with more than one; paid orders without a payment of their own. */
  readonly astray: readonly PaymentViolation[]
}

/** Reads the money of an item's sale. Call it before the sale; the returned function tells what came since then. */
export function watchMoney(books: ProviderBooks, databaseUrl: string): (itemId: number) => Promise<SaleMoney> {
  const before = new Set(books.payments.map(({ paymentId }) => paymentId))
  const isNew = ({ paymentId }: { readonly paymentId: string }) => !before.has(paymentId)
  return async (itemId) => {
    const payments = books.payments.filter(isNew)
    const refunds = books.refunds.filter(isNew)
    return {
      paymentCount: payments.filter(({ state }) => state === 'succeeded').length,
      refundCount: refunds.length,
      astray: await judgePayments({ payments, refunds }, databaseUrl, itemId),
    }
  }
}
