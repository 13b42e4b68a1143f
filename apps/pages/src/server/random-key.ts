/** An idempotency key of 128 random bits. Browsers have crypto.randomUUID on HTTPS only, and developers open the pages over HTTP too. */
export function randomKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
