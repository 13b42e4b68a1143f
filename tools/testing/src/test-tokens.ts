import { createHmac } from 'node:crypto'

/** What test APIs sign and are operated with. */
export const testJwtSecret = 'a-secret-for-tests-only-of-32-characters-or-more'
export const testOpsKey = 'an-operators-key-for-tests-only'

/** A provider of payments that nobody asks: with it a sale may ask for payment. Port 9 discards. */
export const testPayments = {
  url: 'http://127.0.0.1:9',
  secret: `whsec_${Buffer.alloc(32, 'test').toString('base64')}`,
}

export interface SignOptions {
  readonly header?: Readonly<Record<string, unknown>>
  readonly secret?: string
  /** Of the HMAC; what the header says may differ. */
  readonly hash?: 'sha256' | 'sha512'
}

/**
 * A JWT, by default of HS256, written out by hand, so that a test can also make tokens that a library would refuse to make.
 */
export function signToken(claims: unknown, options: SignOptions = {}): string {
  const { header = { alg: 'HS256', typ: 'JWT' }, secret = testJwtSecret, hash = 'sha256' } = options
  const signed = [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')
  return `${signed}.${createHmac(hash, secret).update(signed).digest('base64url')}`
}

/** A valid token of a buyer. */
export function buyerToken(buyer: string): string {
  return signToken({ sub: buyer })
}
