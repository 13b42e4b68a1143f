import { createHash, timingSafeEqual } from 'node:crypto'
import { bearerOf } from './verify-buyer.ts'

export type VerifyOps = (authorization: string | undefined) => boolean

/** Checks the operators' key in constant time. It compares digests of equal length, so that the key's length stays hidden too. */
export function createVerifyOps(opsKey: string): VerifyOps {
  const expected = digest(opsKey)
  return (authorization) => {
    const given = bearerOf(authorization)
    return given !== undefined && timingSafeEqual(digest(given), expected)
  }
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
