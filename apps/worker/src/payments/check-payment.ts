import type { Database } from '@flash-sale/database/connect'
import type { DuePayment } from '@flash-sale/database/due-payments'
import { applyPayment, type Applied } from '@flash-sale/database/payments'
import type { PaymentProvider } from '@flash-sale/payments/payment-provider'

/** Asks the provider what came of a payment, since its webhook may be lost, and applies it as the webhook would be. */
export async function checkPayment(
  database: Database,
  provider: PaymentProvider,
  { id, providerRef }: DuePayment,
): Promise<Applied | 'open'> {
  // Nobody was shown the provider's page.
  if (providerRef === null) return 'open'
  const read = await provider.read(providerRef)
  if (read.kind === 'open') return 'open'
  // The provider's events have names of their own: this one is not taken for one of them.
  return applyPayment(database, { ...read, provider: provider.name, eventId: `read-${read.kind}-${id}`, paymentId: id })
}
