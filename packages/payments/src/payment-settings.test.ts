import { readEnv } from '@flash-sale/runtime/env'
import { Type } from 'typebox'
import { expect, test } from 'vitest'
import { paymentFields, paymentProviderOf } from './payment-settings.ts'

const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`

function providerOf(source: Record<string, string>) {
  return paymentProviderOf(readEnv(Type.Object(paymentFields), source))?.name
}

test('payments are off unless a provider is named', () => {
  expect(providerOf({})).toBeUndefined()
  expect(providerOf({ STRIPE_SECRET_KEY: 'sk_test_1234567890' })).toBeUndefined()
})

test('a provider with its settings is taken', () => {
  const simulated = { SIMULATED_PAYMENTS_URL: 'http://127.0.0.1:4010', SIMULATED_PAYMENTS_SECRET: secret }
  expect(providerOf({ PAYMENT_PROVIDER: 'simulated', ...simulated })).toBe('simulated')
  const stripe = {
    STRIPE_SECRET_KEY: 'sk_test_1234567890',
    STRIPE_WEBHOOK_SECRET: secret,
    SHOP_URL: 'https://shop.example',
  }
  expect(providerOf({ PAYMENT_PROVIDER: 'stripe', ...stripe })).toBe('stripe')
})

test('a setting that the provider lacks is named in one line', () => {
  expect(() => providerOf({ PAYMENT_PROVIDER: 'stripe', SHOP_URL: 'https://shop.example' })).toThrow(
    'STRIPE_SECRET_KEY is missing: with PAYMENT_PROVIDER=stripe it must be the secret key of Stripe',
  )
  expect(() => providerOf({ PAYMENT_PROVIDER: 'simulated' })).toThrow(/^SIMULATED_PAYMENTS_URL is missing/)
  expect(() => providerOf({ PAYMENT_PROVIDER: 'paypal' })).toThrow(/none, stripe, simulated/)
  expect(() => providerOf({ SHOP_URL: 'shop' })).toThrow(/begins with http/)
})

test('a secret of the simulated provider that is no base64 is refused in one line that does not show it', () => {
  const settings = { PAYMENT_PROVIDER: 'simulated', SIMULATED_PAYMENTS_URL: 'http://127.0.0.1:4010' }
  expect(() => providerOf({ ...settings, SIMULATED_PAYMENTS_SECRET: 'whsec_not*base64*at*all' })).toThrow(
    /^SIMULATED_PAYMENTS_SECRET [^*]*$/,
  )
})
