import { minorDigits } from '@flash-sale/contract/minor-digits'

/** Currencies whose smallest unit at Stripe is not that of ISO 4217: 5 ISK are 500 there, 5 MGA are 5. */
const countedOtherwise = new Set(['ISK', 'MGA', 'UGX'])

/**
 * Why Stripe cannot take a price, in the smallest unit of its currency; undefined if it can.
 * Source: https://docs.stripe.com/currencies#special-cases
 */
export function stripeRefusalOf(priceCents: number, currency: string): string | undefined {
  if (countedOtherwise.has(currency)) {
    return `Stripe counts ${currency} in another unit than ISO 4217, and this service does not convert; choose another currency.`
  }
  if (minorDigits(currency) === 3 && priceCents % 10 !== 0) {
    return `Stripe takes prices in ${currency} whose last digit is 0, and ${priceCents} is none; round it.`
  }
  return undefined
}
