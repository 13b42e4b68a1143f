/** What a provider is asked to take money for. Amounts are in the smallest unit of the currency. */
export interface PaymentToOpen {
  /** Our name of the payment, and the idempotency key: opening it again gives the same one. */
  readonly paymentId: string
  readonly orderId: string
  readonly amount: number
  /** Three capital letters. */
  readonly currency: string
  /** What people read on the provider's page. */
  readonly description: string
  readonly begunAt: Date
  /** Until when the buyer is asked to pay. A provider may take the money a little longer. */
  readonly payBy: Date
  /** Where the provider's page leads back to. */
  readonly returnUrl?: string | undefined
}

/** An opened payment: the provider's name of it, and the page where people pay. */
export interface OpenedPayment {
  readonly providerRef: string
  readonly url: string
}

/** What came of a payment, as a provider tells it. `paymentId` is our name of it, as the provider got it. */
export interface PaymentFact {
  readonly kind: 'succeeded' | 'failed'
  readonly paymentId: string
  readonly providerRef: string
  /** The name of the money itself, which a refund needs. */
  readonly captureRef?: string | undefined
  readonly amount: number
  readonly currency: string
}

/** A payment that nobody paid yet is OPEN. */
export type ReadPayment = PaymentFact | { readonly kind: 'open' }

export type ReadWebhook =
  | { readonly kind: 'FACT'; readonly eventId: string; readonly fact: PaymentFact }
  /** It is genuine, and tells nothing of a payment of ours. */
  | { readonly kind: 'OTHER'; readonly type: string }
  | { readonly kind: 'NOT_VERIFIED' }

export interface RefundToMake {
  /** The idempotency key. */
  readonly refundKey: string
  readonly paymentId: string
  readonly providerRef: string | undefined
  readonly captureRef: string | undefined
  readonly amount: number
  readonly currency: string
  /** An earlier try may have been done: it is looked for first, since a provider forgets its idempotency keys after a day. */
  readonly isRepeated: boolean
}

export type Refunded =
  | { readonly kind: 'DONE' }
  /** The provider has taken it and is not done yet: ask again. */
  | { readonly kind: 'PENDING' }
  /** The provider refused it for good. Another try needs another key. */
  | { readonly kind: 'REFUSED'; readonly reason: string }

export type ProviderName = 'stripe' | 'simulated'

/** A payment provider. Each call rejects with a ProviderError when no answer came: then the call may have had its effect. */
export interface PaymentProvider {
  readonly name: ProviderName
  /** Why it cannot take a price (in the smallest unit of its currency), a sentence; undefined if it can. */
  refusalOf(priceCents: number, currency: string): string | undefined
  open(payment: PaymentToOpen): Promise<OpenedPayment>
  /** What became of an opened payment. */
  read(providerRef: string): Promise<ReadPayment>
  refund(refund: RefundToMake): Promise<Refunded>
  /** Verifies a webhook by its raw body and its headers, and reads it. A webhook that was signed over 5 minutes ago is not verified. */
  readWebhook(body: Buffer, headers: Readonly<Record<string, string | string[] | undefined>>): ReadWebhook
}

/** The provider did not answer, or not as it should. Its message holds no secret. */
export class ProviderError extends Error {
  override readonly name = 'ProviderError'
}

/** Longest wait for a provider's answer. A call that a buyer waits for must end before the buyer's own time-out. */
export const providerAnswerMs = 8_000
