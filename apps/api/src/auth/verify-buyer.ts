import { isBuyer } from '@flash-sale/contract/tokens'
import { createVerifier } from 'fast-jwt'
import { LRUCache } from 'lru-cache'

/** The buyer whose token this `Authorization` header carries, or undefined when it carries no valid one. */
export type VerifyBuyer = (authorization: string | undefined) => string | undefined

interface Verified {
  readonly buyer: string
  readonly expiresAtMs: number
}

/** Headers whose signature need not be checked again; each is a few hundred bytes. */
const cacheSizeMax = 20_000

/**
 * Checks HS256 tokens whose `sub` is the buyer. What was checked once is remembered under the whole header, so that two
 * tokens can never be taken for one another, and only until the token expires. A refusal is not remembered.
 */
export function createVerifyBuyer(jwtSecret: string): VerifyBuyer {
  const verify = createVerifier({ key: jwtSecret, algorithms: ['HS256'], requiredClaims: ['sub'] })
  const verified = new LRUCache<string, Verified>({ max: cacheSizeMax })
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
