import { isBuyer } from '@flash-sale/contract/tokens'
import { createVerifier } from 'fast-jwt'
import { createKnownTokens, markOf, type BuyerClaims } from './known-tokens.ts'
import { createReadSignedClaims, usualTokenLengthMax } from './signed-claims.ts'

/** The buyer of the token in this `Authorization` header; undefined without a valid token. */
export type VerifyBuyer = (authorization: string | undefined) => string | undefined

/** A shop signs with one head, or with a few. */
const headCountMax = 4

/**
 * Checks HS256 tokens whose `sub` is the buyer. The library judges every token whose head (algorithm, type, critical extensions) is new here.
 * Of a token whose head is that of one which the library accepted, only signature and claims are left to check; of a token that came twice,
 * only its times.
 */
export function createVerifyBuyer(jwtSecret: string): VerifyBuyer {
  const verify = createVerifier({ key: jwtSecret, algorithms: ['HS256'], requiredClaims: ['sub'] })
  const readSignedClaims = createReadSignedClaims(jwtSecret)
  const knownTokens = createKnownTokens()
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

  function checkWhole(authorization: string, mark: number): string | undefined {
    const token = bearerOf(authorization)
    if (token === undefined) return undefined
    try {
      const claims = readBuyerClaims(claimsOf(token))
      if (claims === undefined || !isTimely(claims)) return undefined
      knownTokens.note(authorization, mark, claims)
      return claims.buyer
    } catch {
      return undefined
    }
  }

  return (authorization) => {
    if (authorization === undefined) return undefined
    const mark = markOf(authorization)
    const known = knownTokens.find(authorization, mark)
    if (known === undefined) return checkWhole(authorization, mark)
    return isTimely(known) ? known.buyer : undefined
  }
}

/** Undefined if the claims name no buyer, or a time that is no number. */
function readBuyerClaims(claims: unknown): BuyerClaims | undefined {
  if (claims === null || typeof claims !== 'object') return undefined
  const { sub, exp, nbf } = claims as { readonly sub?: unknown; readonly exp?: unknown; readonly nbf?: unknown }
  return isBuyer(sub) && isTime(exp) && isTime(nbf) ? { buyer: sub, exp, nbf } : undefined
}

function isTime(value: unknown): value is number | undefined {
  return value === undefined || typeof value === 'number'
}

function isTimely({ exp, nbf }: BuyerClaims): boolean {
  if (exp !== undefined && !(Date.now() < exp * 1_000)) return false
  return nbf === undefined || Date.now() >= nbf * 1_000
}

/** The credentials of a bearer header (RFC 6750: the scheme in any case). */
export function bearerOf(authorization: string | undefined): string | undefined {
  if (authorization === undefined || authorization.length < 8) return undefined
  if (authorization.slice(0, 7).toLowerCase() !== 'bearer ') return undefined
  return authorization.slice(7)
}
