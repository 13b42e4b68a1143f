import type { Database } from '@flash-sale/database/connect'
import { finishRefund, noteRefundFailure, type DueRefund } from '@flash-sale/database/refunds'
import type { PaymentProvider } from '@flash-sale/payments/payment-provider'
import type { Logger } from 'pino'

/**
 * Tries a refund once. The provider makes it once for each idempotency key, which follows from the payment; so a try whose answer was lost
 * is tried again. Rejects if Postgres does not answer.
 */
export async function makeRefund(
  database: Database,
  provider: PaymentProvider,
  refund: DueRefund,
  logger: Logger,
): Promise<void> {
  const { id, paymentId, round, attempts } = refund
  const asked = {
    refundKey: `${paymentId}-${round}`,
    paymentId,
    providerRef: refund.providerRef ?? undefined,
    captureRef: refund.captureRef ?? undefined,
    amount: Number(refund.amount),
    currency: refund.currency,
    isRepeated: attempts > 1,
  }
  const refunded = await provider.refund(asked).catch((error: unknown) => ({
    kind: 'NO_ANSWER' as const,
    reason: error instanceof Error ? error.message : String(error),
  }))
  switch (refunded.kind) {
    case 'DONE':
      return finishRefund(database, id)
    case 'PENDING':
      return
    case 'REFUSED':
    case 'NO_ANSWER':
      logger.warn({ paymentId, attempts, reason: refunded.reason }, 'a refund failed, and is tried again')
      return noteRefundFailure(database, id, refunded.reason, refunded.kind === 'REFUSED')
  }
}
