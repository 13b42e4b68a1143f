import type { IncomingMessage } from 'node:http'

/** Clients behind several proxies send about thirty headers. */
export const headerCountMax = 100

/**
 * Headers that may come only once. If one comes twice, Node joins the texts or drops the second, and a proxy in front may have judged the
 * other one. Node itself refuses two lengths.
 */
const decidingHeaders = ['authorization', 'content-type', 'cookie', 'host', 'idempotency-key', 'last-event-id']

/** Why the head of a request is ambiguous, as a detail for the client; undefined if it is not. */
export function faultOfHead({ rawHeaders, headers, httpVersionMinor }: IncomingMessage): string | undefined {
  if (rawHeaders.length > headerCountMax * 2) return `Send at most ${headerCountMax} headers.`
  // HTTP/1.0 has no Host header.
  if (headers.host === undefined && httpVersionMinor > 0) return 'Send the header Host.'
  // This runs for each order, so names are compared only if two of them could be the same.
  let seen = 0
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const slot = slotOf(rawHeaders[i]!)
    if ((seen & decidingSlots & slot) !== 0) return repeatedHeader(rawHeaders)
    seen |= slot
  }
  return undefined
}

/** One bit of 32 for a name, the same in upper and lower case. Names that browsers and proxies often send have other bits than ours. */
function slotOf(name: string): number {
  return 1 << (name.length + 10 * (name.charCodeAt(0) & 31))
}

const decidingSlots = decidingHeaders.reduce((slots, name) => slots | slotOf(name), 0)

function repeatedHeader(rawHeaders: readonly string[]): string | undefined {
  const names = rawHeaders.filter((_text, i) => i % 2 === 0).map((name) => name.toLowerCase())
  const repeated = decidingHeaders.find((name) => names.indexOf(name) !== names.lastIndexOf(name))
  return repeated && `Send the header ${repeated} once; this request has it more than once.`
}
