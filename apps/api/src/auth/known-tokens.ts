import { signatureLength } from './signed-claims.ts'

/** What a token says of its buyer, its signature being right. Times are in seconds since 1970. */
export interface BuyerClaims {
  readonly buyer: string
  readonly exp: number | undefined
  readonly nbf: number | undefined
}

/** Tokens that came more than once. Their times are still to be judged. `mark`: see `markOf`. */
export interface KnownTokens {
  /** What this very header says; undefined if it is not known. */
  find(authorization: string, mark: number): BuyerClaims | undefined
  /** Takes note of a header that the full check accepted. */
  note(authorization: string, mark: number, claims: BuyerClaims): void
}

interface KnownToken {
  readonly authorization: string
  readonly claims: BuyerClaims
}

/** A power of two. Of 2,048 buyers who come again and again, one in nine shares a place, and then one of the two is checked anew. */
const placeCount = 16_384
/** Bounds the memory to about 14 MB. A longer header is checked each time. */
const knownLengthMax = 512
/** The last characters of a signature are as good as random. */
const markedLength = 8

/**
 * Remembers a token when it comes for the second time. The first time leaves a number in a table: in a rush nearly every buyer is new, and
 * strings that are kept for each of them would be copied by the collector. Each place holds one such mark and one token.
 */
export function createKnownTokens(): KnownTokens {
  const marks = new Int32Array(placeCount)
  const tokens: (KnownToken | undefined)[] = Array.from({ length: placeCount })
  return {
    find(authorization, mark) {
      const known = tokens[placeOf(mark)]
      return known !== undefined && isSame(known.authorization, authorization) ? known.claims : undefined
    },
    note(authorization, mark, claims) {
      if (authorization.length > knownLengthMax) return
      const place = placeOf(mark)
      if (marks[place] === mark) tokens[place] = { authorization, claims }
      else marks[place] = mark
    },
  }
}

/** Where a header has its place: a number from the end of its signature. Others may have the same. */
export function markOf(authorization: string): number {
  let mark = 0
  for (let i = authorization.length - markedLength; i < authorization.length; i += 1) {
    mark = Math.imul(mark ^ authorization.charCodeAt(i), 0x0100_0193)
  }
  return mark
}

function placeOf(mark: number): number {
  return (mark ^ (mark >>> 16)) & (placeCount - 1)
}

/** The signature is compared in constant time, and the rest only if it is the same: nobody may try out a signature piece by piece. */
function isSame(known: string, given: string): boolean {
  const { length } = given
  if (known.length !== length) return false
  let difference = 0
  for (let i = length - signatureLength; i < length; i += 1) difference |= known.charCodeAt(i) ^ given.charCodeAt(i)
  return difference === 0 && known === given
}
