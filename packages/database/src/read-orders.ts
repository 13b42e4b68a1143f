import type { StoredOrderStatus } from '@flash-sale/contract/order-statuses'
import type { Database } from './connect.ts'

/** An order's row. */
export interface OrderRow {
  readonly orderId: string
  readonly number: bigint
  readonly itemId: number
  readonly buyer: string
  readonly quantity: number
  readonly status: StoredOrderStatus
  readonly reason: string | null
  readonly acceptedAt: Date
  readonly confirmedAt: Date | null
  /** Until when it has to be paid; null if its sale asks for no payment. */
  readonly payBy: Date | null
  /** UUID of the ended order in whose place a late payment bought this one. */
  readonly replaces: string | null
}

/** One order by its UUID, or null. */
export async function readOrder(database: Database, orderId: string): Promise<OrderRow | null> {
  const row = await database.order.findUnique({ where: { id: orderId } })
  return row && toOrderRow(row)
}

/** One order by its number, or null. */
export async function readOrderByNumber(database: Database, number: bigint): Promise<OrderRow | null> {
  const row = await database.order.findUnique({ where: { number } })
  return row && toOrderRow(row)
}

/** The rows of these orders (UUIDs), in any order. Orders without a row are left out. */
export function readOrdersById(database: Database, orderIds: readonly string[]): Promise<OrderRow[]> {
  return database.$queryRaw<OrderRow[]>`
    SELECT id::text AS "orderId", number, item_id AS "itemId", buyer, quantity, status::text AS status, reason,
      accepted_at AS "acceptedAt", confirmed_at AS "confirmedAt", pay_by AS "payBy", replaces::text AS replaces
    FROM orders WHERE id = ANY(${orderIds}::uuid[])`
}

export interface OrderFilter {
  readonly buyer?: string | undefined
  readonly itemId?: number | undefined
}

/** The newest orders that match, numbered before `beforeNumber` if it is given, at most `limit`. */
export async function listOrders(
  database: Database,
  { buyer, itemId }: OrderFilter,
  beforeNumber: bigint | undefined,
  limit: number,
): Promise<OrderRow[]> {
  const rows = await database.order.findMany({
    where: {
      ...(beforeNumber !== undefined && { number: { lt: beforeNumber } }),
      ...(buyer !== undefined && { buyer }),
      ...(itemId !== undefined && { itemId }),
    },
    orderBy: { number: 'desc' },
    take: limit,
  })
  return rows.map(toOrderRow)
}

/** Walks all orders of an item by their numbers, `chunkSize` at a time. */
export async function* ordersOfItem(database: Database, itemId: number, chunkSize: number): AsyncGenerator<OrderRow[]> {
  let after = 0n
  for (;;) {
    const rows = await database.order.findMany({
      where: { itemId, number: { gt: after } },
      orderBy: { number: 'asc' },
      take: chunkSize,
    })
    if (rows.length === 0) return
    yield rows.map(toOrderRow)
    after = rows.at(-1)!.number
  }
}

function toOrderRow({ id, ...rest }: Omit<OrderRow, 'orderId'> & { readonly id: string }): OrderRow {
  return { orderId: id, ...rest }
}
