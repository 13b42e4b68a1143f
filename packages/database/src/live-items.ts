import type { Database } from './connect.ts'
import type { ItemRow } from './items.ts'

/** An item of the live view: its facts and its numbers in Postgres. */
export interface LiveItemRow {
  readonly itemId: number
  readonly saleId: number
  readonly saleName: string
  readonly saleState: ItemRow['state']
  readonly opensAt: Date
  readonly closesAt: Date
  readonly sku: string
  readonly name: string
  readonly priceCents: number
  readonly currency: string | null
  readonly purchaseLimit: number
  /** Its sale asks for payment. */
  readonly asksForPayment: boolean
  readonly total: number
  /** Units of its active orders. */
  readonly persisted: number
  /** Units of ended orders of which it is not known that the ledger has them back. */
  readonly returningUnits: number
  readonly epoch: number
  /** When its first and its last stored order were accepted. */
  readonly firstAcceptedAt: Date | null
  readonly lastAcceptedAt: Date | null
}

/**
 * Items of sales that were not over before `notOverBefore`, the newest sale's first, at most `limit`. One statement, which reads two order
 * rows for each item, however many it has sold.
 */
export function readLiveItems(database: Database, notOverBefore: Date, limit: number): Promise<LiveItemRow[]> {
  return database.$queryRaw<LiveItemRow[]>`
    SELECT i.id AS "itemId", s.id AS "saleId", s.name AS "saleName", s.state AS "saleState", s.opens_at AS "opensAt",
      s.closes_at AS "closesAt", i.sku, i.name, i.price_cents AS "priceCents", s.currency, i.purchase_limit AS "purchaseLimit",
      i.pay_within_seconds IS NOT NULL AS "asksForPayment", i.total,
      i.persisted, i.returning_units AS "returningUnits", i.epoch, first.accepted_at AS "firstAcceptedAt", last.accepted_at AS "lastAcceptedAt"
    FROM sales s
    JOIN sale_items i ON i.sale_id = s.id
    LEFT JOIN LATERAL (SELECT accepted_at FROM orders WHERE item_id = i.id ORDER BY number LIMIT 1) first ON true
    LEFT JOIN LATERAL (SELECT accepted_at FROM orders WHERE item_id = i.id ORDER BY number DESC LIMIT 1) last ON true
    WHERE s.closes_at > ${notOverBefore}
    ORDER BY s.id DESC, i.id
    LIMIT ${limit}`
}

/**
 * Paid units of these items, without items of which none is paid. Reads each order that waits for payment, so it takes as long as there are
 * such orders.
 */
export async function countPaidUnits(
  database: Database,
  itemIds: readonly number[],
): Promise<ReadonlyMap<number, number>> {
  // Active orders are paid or wait for payment. Both numbers are of one snapshot, so no order is told as paid before it is.
  const rows = await database.$queryRaw<{ itemId: number; paidUnits: number }[]>`
    SELECT i.id AS "itemId", (i.persisted - coalesce(sum(o.quantity), 0))::int AS "paidUnits"
    FROM sale_items i
    LEFT JOIN orders o ON o.item_id = i.id AND o.status = 'confirmed' AND o.due_at IS NOT NULL
    WHERE i.id = ANY (${[...itemIds]}::int[]) AND i.persisted > 0
    GROUP BY i.id`
  return new Map(rows.map(({ itemId, paidUnits }) => [itemId, paidUnits]))
}
