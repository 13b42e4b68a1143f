import { createHash } from 'node:crypto'

/**
 * The id of the order that this payment buys if its money comes late: a UUIDv8 of the item's number and of a digest. The derivation is
 * repeated here, so that the checker does not trust the code under test.
 */
export function lateOrderId(itemId: number, buyer: string, paymentId: string): string {
  const digest = createHash('sha256').update(`${itemId}:${buyer.length}:${buyer}:\0payment:${paymentId}`).digest('hex')
  const variant = ((Number.parseInt(digest[16]!, 16) & 3) | 8).toString(16)
  const item = itemId.toString(16).padStart(8, '0')
  return `${item}-${digest.slice(8, 12)}-8${digest.slice(13, 16)}-${variant}${digest.slice(17, 20)}-${digest.slice(20, 32)}`
}
