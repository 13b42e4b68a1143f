import { LRUCache } from 'lru-cache'

/** The claims of a checked token. */
export interface Verified {
  readonly buyer: string
  readonly expiresAtMs: number
}

export type TokenCache = LRUCache<string, Verified>

/** Enough for this many tokens of the usual few hundred bytes. */
const tokenCountMax = 20_000
export const tokenCacheBytesMax = 16 * 1024 * 1024
/** A longer header is not kept but checked each time, since a few of them would push out the tokens of many buyers. */
const headerLengthMax = 4_096
/** Memory of an entry beside its text: its places in the cache's lists, its value, and the heads of both texts. */
const entryOverheadBytes = 200

/** Keeps `Authorization` headers whose signature was checked. Their bytes are bounded. */
export function createTokenCache(): TokenCache {
  return new LRUCache({
    max: tokenCountMax,
    maxSize: tokenCacheBytesMax,
    maxEntrySize: headerLengthMax + entryOverheadBytes,
    // Each character of a header is one byte.
    sizeCalculation: ({ buyer }, header) => header.length + 2 * buyer.length + entryOverheadBytes,
  })
}
