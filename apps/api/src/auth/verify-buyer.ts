import { isBuyer } from '@flash-sale/contract/tokens'
import { createVerifier } from 'fast-jwt'
import { createTokenCache, type TokenCache } from './token-cache.ts'

/** The buyer of the token in this `Authorization` header; undefined without a valid token. */
export type VerifyBuyer = (authorization: string | undefined) => string | undefined

/**
 * Checks HS256 tokens whose `sub` is the buyer. A checked token is remembered under the whole header until it expires, so that two tokens
 * can never be confused. Refusals are not remembered.
 */
export function createVerifyBuyer(jwtSecret: string, verified: TokenCache = createTokenCache()): VerifyBuyer {
  const verify = createVerifier({ key: jwtSecret, algorithms: ['HS256'], requiredClaims: ['sub'] })
  return (authorization) => {
    if (authorization === undefined) return undefined
    const known = verified.get(authorization)
    if (known && Date.now() < known.expiresAtMs) return known.buyer
    const token = bearerOf(authorization)
    if (token === undefined) return undefined
    try {
      const { sub, exp }: { sub: unknown; exp?: number } = verify(token)
      if (!isBuyer(sub)) return undefined
      verified.set(authorization, { buyer: sub, expiresAtMs: exp === undefined ? Infinity : exp * 1_000 })
      return sub
    } catch {
      return undefined
    }
  }
}

/** The credentials of a bearer header (RFC 6750: the scheme in any case). */
export function bearerOf(authorization: string | undefined): string | undefined {
  if (authorization === undefined || authorization.length < 8) return undefined
  if (authorization.slice(0, 7).toLowerCase() !== 'bearer ') return undefined
  return authorization.slice(7)
}
