import { expect, test } from 'vitest'
import { stripeRefusalOf } from './stripe-prices.ts'

test('a price is passed to Stripe as it is where Stripe counts as ISO 4217 does, and refused elsewhere', () => {
  for (const [price, currency] of [
    [1_999, 'EUR'],
    [500, 'JPY'],
    [5_120, 'KWD'],
  ] as const) {
    expect(stripeRefusalOf(price, currency)).toBeUndefined()
  }
  for (const currency of ['ISK', 'MGA', 'UGX']) expect(stripeRefusalOf(500, currency)).toContain(`counts ${currency}`)
  expect(stripeRefusalOf(5_124, 'KWD')).toContain('5124')
})
