import { createHash } from 'node:crypto'
import { orderEventType, type OrderEvent } from '@flash-sale/contract/order-events'
import type { StoredOrderStatus } from '@flash-sale/contract/order-statuses'
import type { Database } from '../connect.ts'

/** An event with its place in the feed. */
export interface PlacedEvent {
  readonly place: bigint
  readonly event: OrderEvent
}

export interface FeedRange {
  /** Events behind this place. */
  readonly after: bigint
  /** The last place to read. Take it from a FeedHorizon: beyond it places may still be filled. */
  readonly upTo: bigint
  /** Only the changes to these statuses. Undefined or none: all. */
  readonly statuses?: readonly StoredOrderStatus[] | undefined
}

/**
 * Changes of orders' statuses in the order of the feed, at most `limit`. A row of `orders` is itself the event of its first status;
 * later changes have rows of their own, numbered with the orders.
 */
export async function readOrderEvents(
  database: Database,
  { after, upTo, statuses = [] }: FeedRange,
  limit: number,
): Promise<PlacedEvent[]> {
  const wanted = statuses.length === 0 ? null : [...statuses]
  const rows = await database.$queryRaw<EventRow[]>`
    SELECT * FROM (
      (SELECT number AS place, id::text AS "orderId", number, item_id AS "itemId", buyer, quantity, reason,
        CASE WHEN status = 'rejected' THEN 'rejected' ELSE 'confirmed' END AS status,
        coalesce(confirmed_at, accepted_at) AS at, NULL::jsonb AS detail
      FROM orders
      WHERE number > ${after}::bigint AND number <= ${upTo}::bigint
        -- Without reading a row, if no first status is wanted.
        AND (${wanted}::text[] IS NULL OR ${wanted}::text[] && ARRAY['confirmed', 'rejected'])
        AND (${wanted}::text[] IS NULL OR CASE WHEN status = 'rejected' THEN 'rejected' ELSE 'confirmed' END = ANY(${wanted}::text[]))
      ORDER BY number LIMIT ${limit}::int)
      UNION ALL
      (SELECT e.id, e.order_id::text, o.number, e.item_id, o.buyer, o.quantity, NULL, e.status::text, e.at, e.detail
      FROM order_events e JOIN orders o ON o.id = e.order_id
      WHERE e.id > ${after}::bigint AND e.id <= ${upTo}::bigint
        AND (${wanted}::text[] IS NULL OR e.status::text = ANY(${wanted}::text[]))
      ORDER BY e.id LIMIT ${limit}::int)
    ) AS feed
    ORDER BY place LIMIT ${limit}::int`
  return rows.map((row) => ({ place: row.place, event: viewOf(row) }))
}

/** The event at a place, if there is one. */
export async function readOrderEvent(database: Database, place: bigint): Promise<PlacedEvent | undefined> {
  const [found] = await readOrderEvents(database, { after: place - 1n, upTo: place }, 1)
  return found
}

/**
 * What tells an event from every other one that may get its number after Postgres was restored from an older copy: also from the same
 * order, persisted anew.
 */
export function fingerprintOf({ eventId, at }: OrderEvent): string {
  return createHash('sha256').update(`${eventId} ${at}`).digest('base64url').slice(0, 12)
}

/** The number that the feed gave last; its event may still be in flight. */
export async function readLastNumber(database: Database): Promise<bigint> {
  const [{ last }] = await database.$queryRaw<[{ last: bigint }]>`
    SELECT coalesce(pg_sequence_last_value('orders_number_seq'), 0) AS last`
  return last
}

interface EventRow {
  readonly place: bigint
  readonly orderId: string
  readonly number: bigint
  readonly itemId: number
  readonly buyer: string
  readonly quantity: number
  readonly reason: string | null
  readonly status: StoredOrderStatus
  readonly at: Date
  readonly detail: Record<string, unknown> | null
}

function viewOf({ orderId, number, status, at, reason, detail, itemId, buyer, quantity }: EventRow): OrderEvent {
  return {
    eventId: `${orderId}.${status}`,
    type: orderEventType(status),
    at: at.toISOString(),
    orderId,
    number: Number(number),
    itemId,
    buyer,
    quantity,
    status,
    ...(reason !== null && { reason }),
    ...(detail !== null && Object.keys(detail).length > 0 && { detail }),
  }
}
