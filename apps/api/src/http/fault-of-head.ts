import type { IncomingMessage } from 'node:http'

/** Clients behind several proxies send about thirty. */
export const headerCountMax = 100

/**
 * Headers of which one decides. Of two, Node joins the texts or drops the second, and a proxy in front may have judged the
 * other one. Node itself refuses two lengths.
 */
const decidingHeaders = ['authorization', 'content-type', 'cookie', 'host', 'idempotency-key', 'last-event-id']

/** What makes the head of a request ambiguous, as a detail for the client; undefined when it is in order. */
export function faultOfHead({ rawHeaders, headers, httpVersionMinor }: IncomingMessage): string | undefined {
  if (rawHeaders.length > headerCountMax * 2) return `Send at most ${headerCountMax} headers.`
  // HTTP/1.0 knows no Host.
  if (headers.host === undefined && httpVersionMinor > 0) return 'Send the header Host.'
  // This runs for each order: as long as no two names could be the same, their texts are not compared.
  let seen = 0
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const slot = slotOf(rawHeaders[i]!)
    if ((seen & decidingSlots & slot) !== 0) return repeatedHeader(rawHeaders)
    seen |= slot
  }
  return undefined
}

/** One bit of 32, the same for all spellings of a name. The names that browsers and proxies often send have other bits than ours. */
function slotOf(name: string): number {
  return 1 << (name.length + 10 * (name.charCodeAt(0) & 31))
}

const decidingSlots = decidingHeaders.reduce((slots, name) => slots | slotOf(name), 0)

function repeatedHeader(rawHeaders: readonly string[]): string | undefined {
  const names = rawHeaders.filter((_text, i) => i % 2 === 0).map((name) => name.toLowerCase())
  const repeated = decidingHeaders.find((name) => names.indexOf(name) !== names.lastIndexOf(name))
  return repeated && `Send the header ${repeated} once; this request has it more than once.`
}
