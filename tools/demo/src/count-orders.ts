import type { Client as Postgres } from 'pg'
import type { AcceptedOrder } from './storm-tally.ts'

export interface CountedOrders {
  /** Units on sale, and units of the active orders. */
  readonly total: number
  readonly sold: number
  readonly purchaseLimit: number
  readonly rows: number
  /** Accepted orders without an active row of the same id, buyer and quantity. */
  readonly lost: number
  /** Rows beyond one row for each idempotency key. */
  readonly duplicates: number
  /** Buyers with more units than the purchase limit. */
  readonly limitBreaches: number
  /** From the first acceptance to the last; acceptedPerSecond is over this time. In ms. */
  readonly acceptingMs: number
  /** From the first acceptance to the last row; persistedPerSecond is over this time. In ms. */
  readonly persistingMs: number
  /** From the last acceptance to the last row. In ms. */
  readonly drainMs: number
}

/** Counts an item's rows in Postgres, and compares them with the orders and the keys that buyers know of. */
export async function countOrders(
  postgres: Postgres,
  itemId: number,
  accepted: readonly AcceptedOrder[],
  attempts: ReadonlyMap<string, number>,
): Promise<CountedOrders> {
  const { rows } = await postgres.query<CountedRow>(
    `WITH stored AS MATERIALIZED (SELECT * FROM orders WHERE item_id = $1),
     active AS (SELECT * FROM stored WHERE takes_units(status)),
     held AS (SELECT buyer, count(*) AS orders, sum(quantity) AS units FROM active GROUP BY buyer),
     accepted AS (SELECT * FROM unnest($2::uuid[], $3::text[], $4::int[]) AS a(id, buyer, quantity)),
     attempted AS (SELECT * FROM unnest($5::text[], $6::int[]) AS k(buyer, keys)),
     times AS (SELECT min(accepted_at) AS first, max(accepted_at) AS last, max(confirmed_at) AS stored FROM active)
     SELECT item.total, item.purchase_limit,
       (SELECT count(*) FROM stored) AS rows,
       (SELECT coalesce(sum(units), 0) FROM held) AS sold,
       (SELECT count(*) FROM accepted LEFT JOIN active USING (id, buyer, quantity) WHERE active.item_id IS NULL) AS lost,
       (SELECT coalesce(sum(greatest(orders - coalesce(keys, 0), 0)), 0)
          FROM held LEFT JOIN attempted USING (buyer)) AS duplicates,
       (SELECT count(*) FROM held WHERE units > item.purchase_limit) AS limit_breaches,
       (SELECT extract(epoch FROM last - first) * 1000 FROM times) AS accepting_ms,
       (SELECT extract(epoch FROM stored - first) * 1000 FROM times) AS persisting_ms,
       (SELECT extract(epoch FROM stored - last) * 1000 FROM times) AS drain_ms
     FROM sale_items item WHERE item.id = $1`,
    [
      itemId,
      accepted.map(({ orderId }) => orderId),
      accepted.map(({ buyer }) => buyer),
      accepted.map(({ quantity }) => quantity),
      [...attempts.keys()],
      [...attempts.values()],
    ],
  )
  const [row] = rows
  if (!row) throw new Error(`there is no item ${itemId} in Postgres`)
  return {
    total: row.total,
    purchaseLimit: row.purchase_limit,
    sold: Number(row.sold),
    rows: Number(row.rows),
    lost: Number(row.lost),
    duplicates: Number(row.duplicates),
    limitBreaches: Number(row.limit_breaches),
    // Redis' clock dates the acceptance, Postgres' clock the row. On two machines the clocks may differ.
    acceptingMs: Math.max(0, Number(row.accepting_ms)),
    persistingMs: Math.max(0, Number(row.persisting_ms)),
    drainMs: Math.max(0, Number(row.drain_ms)),
  }
}

/** Active orders in Postgres, and their units. */
export async function readPersisted(postgres: Postgres, itemId: number): Promise<{ orders: number; units: number }> {
  const { rows } = await postgres.query<{ orders: string; units: string }>(
    `SELECT count(*) AS orders, coalesce(sum(quantity), 0) AS units
     FROM orders WHERE item_id = $1 AND takes_units(status)`,
    [itemId],
  )
  return { orders: Number(rows[0]?.orders), units: Number(rows[0]?.units) }
}

/** As pg reads it: bigints and numerics are text. */
interface CountedRow {
  total: number
  purchase_limit: number
  rows: string
  sold: string
  lost: string
  duplicates: string
  limit_breaches: string
  accepting_ms: string | null
  persisting_ms: string | null
  drain_ms: string | null
}
