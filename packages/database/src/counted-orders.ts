import type { Database } from './connect.ts'

/** A buyer and an item. */
export interface BuyerOfItem {
  readonly itemId: number
  readonly buyer: string
}

/** An order that counts against its buyer's purchase limit. */
export interface CountedOrder extends BuyerOfItem {
  /** UUID. */
  readonly orderId: string
  readonly quantity: number
}

/** The active orders of these buyers, the newest first and at most `countMax` for each of them, in one statement. */
export function readCountedOrders(
  database: Database,
  asked: readonly BuyerOfItem[],
  countMax: number,
): Promise<CountedOrder[]> {
  return database.$queryRaw<CountedOrder[]>`
    SELECT o.id::text AS "orderId", a.item_id AS "itemId", a.buyer, o.quantity
    FROM unnest(${asked.map(({ itemId }) => itemId)}::int[], ${asked.map(({ buyer }) => buyer)}::text[]) AS a(item_id, buyer)
    CROSS JOIN LATERAL (
      SELECT id, number, quantity FROM orders
      WHERE buyer = a.buyer AND item_id = a.item_id AND takes_units(status)
      ORDER BY number DESC LIMIT ${countMax}::int
    ) o
    ORDER BY o.number DESC`
}
