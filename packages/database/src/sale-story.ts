import type { Database } from './connect.ts'

/** The orders of a sale, or of one of its items, between two restocks of the sale. */
export interface SellingStretch {
  /** Null: of all items of the sale together. */
  readonly itemId: number | null
  /** How many restocks came before. */
  readonly stretch: number
  /** Units and orders that stand. */
  readonly units: number
  readonly orders: number
  /** Orders that were cancelled or expired. */
  readonly endedOrders: number
  readonly firstAt: Date
  readonly lastAt: Date
}

export interface SellingOfSale {
  /** The earliest first. */
  readonly stretches: readonly SellingStretch[]
  /** Orders that a buyer sent: rejected ones too, but none that late money bought. */
  readonly storedOrders: number
}

type StretchRow = Omit<SellingStretch, 'firstAt' | 'lastAt'> & {
  /** Null: all orders were rejected. */
  readonly firstAt: Date | null
  readonly lastAt: Date | null
  readonly storedOrders: number
}

/** Counts the orders of these items between the given moments, in one pass over their rows. */
export async function readSelling(
  database: Database,
  itemIds: readonly number[],
  restockedAt: readonly Date[],
): Promise<SellingOfSale> {
  const rows = await database.$queryRaw<StretchRow[]>`
    SELECT item_id AS "itemId", stretch, coalesce(sum(quantity) FILTER (WHERE takes_units(status)), 0)::float8 AS units,
      (count(*) FILTER (WHERE takes_units(status)))::float8 AS orders,
      (count(*) FILTER (WHERE NOT takes_units(status) AND status <> 'rejected'))::float8 AS "endedOrders",
      (count(*) FILTER (WHERE replaces IS NULL))::float8 AS "storedOrders",
      min(accepted_at) FILTER (WHERE status <> 'rejected') AS "firstAt",
      max(accepted_at) FILTER (WHERE status <> 'rejected') AS "lastAt"
    FROM (
      SELECT item_id, quantity, status, replaces, accepted_at,
        width_bucket(accepted_at, ${restockedAt}::timestamptz[]) AS stretch
      FROM orders WHERE item_id = ANY(${itemIds}::int[])
    ) o
    GROUP BY GROUPING SETS ((stretch), (item_id, stretch))
    ORDER BY stretch, item_id NULLS FIRST`
  const ofSale = rows.filter(({ itemId }) => itemId === null)
  return {
    stretches: rows.filter((row): row is StretchRow & SellingStretch => row.firstAt !== null),
    storedOrders: ofSale.reduce((sum, { storedOrders }) => sum + storedOrders, 0),
  }
}

/** The buyers who hold units of these items. */
export async function countBuyers(database: Database, itemIds: readonly number[]): Promise<number> {
  const [row] = await database.$queryRaw<{ count: bigint }[]>`
    SELECT count(DISTINCT buyer) FROM buyer_quota WHERE item_id = ANY(${itemIds}::int[]) AND units > 0`
  return Number(row?.count)
}

/** An act of an operator that changed how a sale sells. */
export interface SaleAct {
  readonly at: Date
  readonly action: 'pause' | 'resume' | 'close' | 'restock'
  readonly itemId: number | null
  /** Units that a restock added; 0 for other acts. */
  readonly units: number
}

/** A sale that is paused and restocked more often is told by its last acts. */
const actsMax = 200

/** The acts on a sale and its items that changed how it sells, the oldest first. */
export async function readSaleActs(database: Database, saleId: number, itemIds: readonly number[]): Promise<SaleAct[]> {
  const rows = await database.$queryRaw<SaleAct[]>`
    SELECT at, action, item_id AS "itemId", coalesce((detail->>'units')::int, 0) AS units FROM audit_events
    WHERE (sale_id = ${saleId} AND action IN ('pause', 'resume', 'close'))
       OR (item_id = ANY(${itemIds}::int[]) AND action = 'restock')
    ORDER BY id DESC LIMIT ${actsMax}`
  return rows.toReversed()
}
