import { isBuyer } from '@flash-sale/contract/tokens'
import { createVerifier } from 'fast-jwt'

/** The buyer whose token this `Authorization` header carries, or undefined when it carries no valid one. */
export type VerifyBuyer = (authorization: string | undefined) => string | undefined

/** Tokens whose signature need not be checked again; a token is a few hundred bytes. */
const cacheSize = 20_000

/**
 * Checks HS256 tokens whose `sub` is the buyer. The whole token is the cache key, so that two tokens can never be taken for
 * one another; an expired token leaves the cache at its time.
 */
export function createVerifyBuyer(jwtSecret: string): VerifyBuyer {
  const verify = createVerifier({
    key: jwtSecret,
    algorithms: ['HS256'],
    requiredClaims: ['sub'],
    cache: cacheSize,
    cacheKeyBuilder: (token) => token,
  })
  return (authorization) => {
    const token = bearerOf(authorization)
    if (token === undefined) return undefined
    try {
      const { sub } = verify(token) as { sub: unknown }
      return isBuyer(sub) ? sub : undefined
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
