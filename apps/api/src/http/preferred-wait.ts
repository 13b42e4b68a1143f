/** A client that wants to know longer than this follows the order. */
export const waitSecondsMax = 30

/** One preference of the header, with its parameters: a name, and a token or a quoted text. */
const preference = /(?:^|,)\s*([\w!#$%&'*+.^`|~-]+)\s*(?:=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s",;]*)))?[^,]*/g

/** The seconds of `wait` in a `Prefer` header (RFC 7240), 30 at most; 0 if there is none that can be honoured. */
export function preferredWaitSeconds(header: string): number {
  for (const [, name = '', quoted, token] of header.matchAll(preference)) {
    if (name.toLowerCase() !== 'wait') continue
    const text = quoted ?? token ?? ''
    // Of a preference that is given twice only the first counts.
    return /^\d{1,9}$/.test(text) ? Math.min(Number(text), waitSecondsMax) : 0
  }
  return 0
}
