import { StartupError } from '@flash-sale/runtime/startup-error'
import { Type, type Static } from 'typebox'
import type { PaymentProvider } from './payment-provider.ts'
import { createSimulatedProvider } from './simulated-provider.ts'
import { createStripeProvider } from './stripe-provider.ts'

/** The environment variables of payments. The API and the worker read the same. */
export const paymentFields = {
  PAYMENT_PROVIDER: Type.Enum(['none', 'stripe', 'simulated'], {
    type: 'string',
    description: 'which payment provider takes the money; without one no sale may ask for payment',
    default: 'none',
  }),
  STRIPE_SECRET_KEY: secret('the secret key of Stripe', 'sk_live_...'),
  STRIPE_WEBHOOK_SECRET: secret('the signing secret of the webhook endpoint at Stripe', 'whsec_...'),
  SIMULATED_PAYMENTS_URL: Type.Optional(
    Type.String({
      description: 'the address of the simulated payment provider',
      examples: ['http://127.0.0.1:4010'],
      faultOf: addressFault,
    }),
  ),
  SIMULATED_PAYMENTS_SECRET: secret(
    'the secret that the simulated payment provider signs with, in base64',
    'whsec_$(openssl rand -base64 32)',
    base64Fault,
  ),
  SHOP_URL: Type.Optional(
    Type.String({
      description:
        'the address of the shop in browsers, for the cards of links and for buyers who come back after paying',
      examples: ['https://shop.example'],
      faultOf: addressFault,
    }),
  ),
}

const PaymentEnv = Type.Object(paymentFields)
export type PaymentEnv = Static<typeof PaymentEnv>

/** The provider that the settings name; undefined: payments are off. Throws a StartupError that names what is missing. */
export function paymentProviderOf(env: PaymentEnv): PaymentProvider | undefined {
  switch (env.PAYMENT_PROVIDER) {
    case 'stripe':
      required(env, 'SHOP_URL')
      return createStripeProvider({
        secretKey: required(env, 'STRIPE_SECRET_KEY'),
        webhookSecret: required(env, 'STRIPE_WEBHOOK_SECRET'),
      })
    case 'simulated':
      return createSimulatedProvider({
        url: required(env, 'SIMULATED_PAYMENTS_URL'),
        secret: required(env, 'SIMULATED_PAYMENTS_SECRET'),
      })
    default:
      env.PAYMENT_PROVIDER satisfies 'none'
      return undefined
  }
}

function required(env: PaymentEnv, name: Exclude<keyof PaymentEnv, 'PAYMENT_PROVIDER'>): string {
  const value = env[name]
  if (value !== undefined) return value
  const { description } = paymentFields[name] as { readonly description?: string }
  throw new StartupError(`${name} is missing: with PAYMENT_PROVIDER=${env.PAYMENT_PROVIDER} it must be ${description}`)
}

function secret(description: string, example: string, faultOf: (text: string) => string | undefined = () => undefined) {
  return Type.Optional(Type.String({ description, examples: [example], minLength: 16, writeOnly: true, faultOf }))
}

function base64Fault(text: string): string | undefined {
  return /^(?:whsec_)?[A-Za-z0-9+/]+={0,2}$/.test(text) ? undefined : 'must be base64, after whsec_'
}

function addressFault(text: string): string | undefined {
  const isAddress = URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)
  return isAddress ? undefined : 'must be an address that begins with http:// or https://'
}
