import { isBuyer } from '@flash-sale/contract/tokens'
import { createVerifier } from 'fast-jwt'
import { createReadSignedClaims, usualTokenLengthMax } from './signed-claims.ts'

/** The buyer of the token in this `Authorization` header; undefined without a valid token. */
export type VerifyBuyer = (authorization: string | undefined) => string | undefined

/** A shop signs with one head, or with a few. */
const headCountMax = 4

/**
 * Checks HS256 tokens whose `sub` is the buyer. The library judges every token whose head (algorithm, type, critical extensions) is new here.
 * Of a token whose head is that of one which the library accepted, only signature and claims are left to check. No token is remembered: in
 * a rush nearly every buyer is new.
 */
export function createVerifyBuyer(jwtSecret: string): VerifyBuyer {
  const verify = createVerifier({ key: jwtSecret, algorithms: ['HS256'], requiredClaims: ['sub'] })
  const readSignedClaims = createReadSignedClaims(jwtSecret)
  const heads: string[] = []

  function verifyWhole(token: string): unknown {
    const claims: unknown = verify(token)
    const head = token.slice(0, token.indexOf('.') + 1)
    if (!heads.includes(head)) heads.push(head)
    if (heads.length > headCountMax) heads.shift()
    return claims
  }

  function claimsOf(token: string): unknown {
    const head = token.length > usualTokenLengthMax ? undefined : heads.find((known) => token.startsWith(known))
    return head === undefined ? verifyWhole(token) : readSignedClaims(token, head.length)
  }

  return (authorization) => {
    const token = bearerOf(authorization)
    if (token === undefined) return undefined
    try {
      return buyerOf(claimsOf(token))
    } catch {
      return undefined
    }
  }
}

/** The buyer whom these claims name now. */
function buyerOf(claims: unknown): string | undefined {
  if (claims === null || typeof claims !== 'object') return undefined
  const { sub, exp, nbf } = claims as { readonly sub?: unknown; readonly exp?: unknown; readonly nbf?: unknown }
  if (exp !== undefined && !(typeof exp === 'number' && Date.now() < exp * 1_000)) return undefined
  if (nbf !== undefined && !(typeof nbf === 'number' && Date.now() >= nbf * 1_000)) return undefined
  return isBuyer(sub) ? sub : undefined
}

/** The credentials of a bearer header (RFC 6750: the scheme in any case). */
export function bearerOf(authorization: string | undefined): string | undefined {
  if (authorization === undefined || authorization.length < 8) return undefined
  if (authorization.slice(0, 7).toLowerCase() !== 'bearer ') return undefined
  return authorization.slice(7)
}
