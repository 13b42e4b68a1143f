/** An idempotency key of 128 random bits. Not crypto.randomUUID: browsers have that on HTTPS only, and pages are tried over plain HTTP too. */
export function randomKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
