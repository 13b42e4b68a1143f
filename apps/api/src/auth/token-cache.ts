import { LRUCache } from 'lru-cache'

/** What a checked token says. */
export interface Verified {
  readonly buyer: string
  readonly expiresAtMs: number
}

export type TokenCache = LRUCache<string, Verified>

/** Enough for as many tokens of the usual few hundred bytes. */
const tokenCountMax = 20_000
export const tokenCacheBytesMax = 16 * 1024 * 1024
/** A longer header is checked each time: the more so as a few of them would push out the tokens of many buyers. */
const headerLengthMax = 4_096
/** The places in the cache's lists, the value and the heads of both texts. */
const entryOverheadBytes = 200

/** `Authorization` headers whose signature need not be checked again; bounded by their bytes. */
export function createTokenCache(): TokenCache {
  return new LRUCache({
    max: tokenCountMax,
    maxSize: tokenCacheBytesMax,
    maxEntrySize: headerLengthMax + entryOverheadBytes,
    // A header has a byte a character.
    sizeCalculation: ({ buyer }, header) => header.length + 2 * buyer.length + entryOverheadBytes,
  })
}
