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
  return idOf(itemId, idempotencyKey === undefined ? nextRandomBytes() : digestOf(itemId, buyer, idempotencyKey))
}

/** An order without a key, where a second one within the window is to be known as the first one sent again. */
export interface KeylessOrderId {
  readonly id: OrderId
  /** The ids that the first sending may have instead, in short: of the stretch of time before, of the next, and of the one before last. */
  readonly firstIds: readonly string[]
}

/**
 * Derives the id of an order without a key from the stretch of time, one window long, in which it came. Two of the same buyer,
 * item and quantity within the window have the same id, or neighbouring ones. The clocks of API processes may differ by up to the window.
 */
export function deriveKeylessOrderId(
  itemId: number,
  { buyer, quantity }: { readonly buyer: string; readonly quantity: number },
  windowMs: number,
  nowMs: number,
): KeylessOrderId {
  const stretch = Math.floor(nowMs / windowMs)
  // No client's key holds a NUL.
  const idAt = (n: number) => idOf(itemId, digestOf(itemId, buyer, `\0${quantity}:${windowMs}:${n}`))
  return { id: idAt(stretch), firstIds: [stretch - 1, stretch + 1, stretch - 2].map((n) => idAt(n).short) }
}

/** The id of the order that a late payment buys. The same payment always buys the same order, and no client's key leads to it. */
export function derivePaymentOrderId(itemId: number, buyer: string, paymentId: string): OrderId {
  return idOf(itemId, digestOf(itemId, buyer, `\0payment:${paymentId}`))
}

function digestOf(itemId: number, buyer: string, key: string): Buffer {
  return hash('sha256', `${itemId}:${buyer.length}:${buyer}:${key}`, 'buffer').subarray(0, 16)
}

function idOf(itemId: number, bytes: Buffer): OrderId {
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
