import { hash, randomFillSync } from 'node:crypto'

/**
 * An order's name in its two spellings: `uuid` for people, HTTP and Postgres, `short` (22 base64url characters) for Redis,
 * where every byte is paid once for each order.
 */
export interface OrderId {
  readonly uuid: string
  readonly short: string
}

/**
 * Derives the id of one attempt to buy: a UUIDv8 (RFC 9562) of 32 bits of item number and 90 bits of SHA-256 over the
 * length-prefixed buyer and idempotency key. The same attempt has the same id on every process with nothing stored first, and the
 * id alone says in which ledger to look. Without a key each call is an attempt of its own.
 */
export function deriveOrderId(itemId: number, buyer: string, idempotencyKey: string | undefined): OrderId {
  const bytes =
    idempotencyKey === undefined
      ? nextRandomBytes()
      : hash('sha256', `${itemId}:${buyer.length}:${buyer}:${idempotencyKey}`, 'buffer').subarray(0, 16)
  bytes.writeUInt32BE(itemId, 0)
  bytes[6] = 0x80 | (bytes[6]! & 0x0f)
  bytes[8] = 0x80 | (bytes[8]! & 0x3f)
  return { uuid: hyphenate(bytes.toString('hex')), short: bytes.toString('base64url') }
}

const randomPool = Buffer.alloc(16 * 256)
let randomPoolUsed = randomPool.length

/** Sixteen bytes that are the caller's until the next call: asking the system for each order costs more than all else here. */
function nextRandomBytes(): Buffer {
  if (randomPoolUsed === randomPool.length) {
    randomFillSync(randomPool)
    randomPoolUsed = 0
  }
  randomPoolUsed += 16
  return randomPool.subarray(randomPoolUsed - 16, randomPoolUsed)
}

/** Items are numbered by a Postgres integer. */
const itemIdMax = 2 ** 31 - 1

/** Reads an id from its UUID spelling, or undefined when it cannot be one of ours. */
export function parseOrderUuid(uuid: string): (OrderId & { itemId: number }) | undefined {
  const hex = uuid.replaceAll('-', '').toLowerCase()
  if (!/^[0-9a-f]{12}8[0-9a-f]{3}[89ab][0-9a-f]{15}$/.test(hex)) return undefined
  const bytes = Buffer.from(hex, 'hex')
  const itemId = bytes.readUInt32BE(0)
  if (itemId === 0 || itemId > itemIdMax) return undefined
  return { uuid: hyphenate(hex), short: bytes.toString('base64url'), itemId }
}

/** The UUID spelling of a short id. */
export function orderUuid(short: string): string {
  return hyphenate(Buffer.from(short, 'base64url').toString('hex'))
}

/** The short spelling of a UUID. */
export function shortOrderId(uuid: string): string {
  return Buffer.from(uuid.replaceAll('-', ''), 'hex').toString('base64url')
}

function hyphenate(hex: string): string {
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}
