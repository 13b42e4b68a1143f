import type { Database } from '@flash-sale/database/connect'
import { fingerprintOf, readOrderEvent, type PlacedEvent } from '@flash-sale/database/feed/order-events'

const prefix = 'order-events'
const placeMax = 2n ** 63n - 1n

/** The cursor behind an event. */
export function cursorBehind({ place, event }: PlacedEvent): string {
  return Buffer.from(`${prefix}:${place}:${fingerprintOf(event)}`).toString('base64url')
}

/**
 * The place of a cursor. 'INVALID': the feed never gave it. 'OF_ANOTHER_HISTORY': its event is not in this Postgres, so what it would read
 * from here on may lack events, without a sign.
 */
export async function placeOfCursor(
  database: Database,
  cursor: string,
): Promise<bigint | 'INVALID' | 'OF_ANOTHER_HISTORY'> {
  const [name, digits, fingerprint, ...rest] = Buffer.from(cursor, 'base64url').toString().split(':')
  if (name !== prefix || rest.length > 0 || !fingerprint || !/^[1-9]\d{0,18}$/.test(digits ?? '')) return 'INVALID'
  const place = BigInt(digits!)
  if (place > placeMax || Buffer.from(`${prefix}:${place}:${fingerprint}`).toString('base64url') !== cursor)
    return 'INVALID'
  const placed = await readOrderEvent(database, place)
  return placed && fingerprintOf(placed.event) === fingerprint ? place : 'OF_ANOTHER_HISTORY'
}
