import { hash, timingSafeEqual } from 'node:crypto'

/** The claims of a token whose signature is right; undefined for any other text. Throws if they are no JSON. */
export type ReadSignedClaims = (token: string, headLength: number) => unknown

/** A longer token is left to the library. */
export const usualTokenLengthMax = 2_048

const blockBytes = 64
const digestBytes = 32
/** Claims and signature: 43 characters are 32 bytes. */
const usualRest = /^[\w-]+\.[\w-]{43}$/
/** Characters of a signature in base64url. */
export const signatureLength = 43

/**
 * Reads HS256 tokens of the usual length whose head (with its dot) is known to be right. HMAC (RFC 2104) is two hashes over prepared memory,
 * whose digests come as text: a third of what an Hmac object and its Buffer cost. The signature is compared in constant time, before
 * anything is made of the claims.
 */
export function createReadSignedClaims(secret: string): ReadSignedClaims {
  const { inner, outer } = paddedKey(secret)
  const due = Buffer.alloc(digestBytes)
  const given = Buffer.alloc(digestBytes)
  const claims = Buffer.alloc(usualTokenLengthMax)

  function isSigned(signed: string, signature: string): boolean {
    const length = inner.write(signed, blockBytes, 'binary')
    outer.write(hash('sha256', inner.subarray(0, blockBytes + length), 'binary'), blockBytes, 'binary')
    due.write(hash('sha256', outer, 'binary'), 'binary')
    return given.write(signature, 'base64url') === digestBytes && timingSafeEqual(due, given)
  }

  return (token, headLength) => {
    if (token.length > usualTokenLengthMax || !usualRest.test(token.slice(headLength))) return undefined
    const end = token.length - signatureLength
    if (!isSigned(token.slice(0, end - 1), token.slice(end))) return undefined
    const length = claims.write(token.slice(headLength, end - 1), 'base64url')
    return JSON.parse(claims.toString('utf8', 0, length))
  }
}

/** The two blocks that a message and its digest are hashed behind, each with room for it. */
function paddedKey(secret: string): { inner: Buffer; outer: Buffer } {
  const bytes = Buffer.from(secret, 'utf8')
  const key = Buffer.alloc(blockBytes)
  const short = bytes.length > blockBytes ? hash('sha256', bytes, 'buffer') : bytes
  short.copy(key)
  const inner = Buffer.alloc(blockBytes + usualTokenLengthMax)
  const outer = Buffer.alloc(blockBytes + digestBytes)
  for (let i = 0; i < blockBytes; i += 1) {
    inner[i] = key[i]! ^ 0x36
    outer[i] = key[i]! ^ 0x5c
  }
  return { inner, outer }
}
