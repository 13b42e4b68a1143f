import type { Client as Postgres } from 'pg'
import type { AcceptedOrder } from './storm-tally.ts'

export interface OrderCount {
  readonly orders: number
  readonly units: number
}

export interface CountedOrders {
  /** Units on sale, and units of the active orders. */
  readonly total: number
  readonly sold: number
  readonly purchaseLimit: number
  /** Active orders. */
  readonly orders: number
  readonly paid: OrderCount
  /** Confirmed orders whose payment has begun. */
  readonly paying: OrderCount
  readonly expired: OrderCount
  readonly cancelled: OrderCount
  /** Orders that late money bought in place of ended ones. */
  readonly boughtByLateMoney: number
  /** Accepted orders without a row of the same id, buyer and quantity, or with a rejected row. */
  readonly lost: number
  /** Rows beyond one row for each idempotency key. Late money has no key. */
  readonly duplicates: number
  /** Buyers with more units than the purchase limit. */
  readonly limitBreaches: number
  /** The orders that took the stock for the first time, before units came back. The times are theirs. */
  readonly firstOrders: number
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
    `WITH stored AS MATERIALIZED (SELECT * FROM orders WHERE item_id = $1 AND status <> 'rejected'),
     active AS (SELECT * FROM stored WHERE takes_units(status)),
     held AS (SELECT buyer, sum(quantity) AS units FROM active GROUP BY buyer),
     placed AS (SELECT buyer, count(*) AS orders FROM stored WHERE replaces IS NULL GROUP BY buyer),
     accepted AS (SELECT * FROM unnest($2::uuid[], $3::text[], $4::int[]) AS a(id, buyer, quantity)),
     attempted AS (SELECT * FROM unnest($5::text[], $6::int[]) AS k(buyer, keys)),
     taken AS (SELECT *, sum(quantity) OVER (ORDER BY accepted_at, number) AS taken_units FROM stored),
     times AS (
       SELECT count(*) AS orders, min(accepted_at) AS first, max(accepted_at) AS last, max(confirmed_at) AS stored
       FROM taken WHERE taken_units <= (SELECT total FROM sale_items WHERE id = $1)
     )
     SELECT item.total, item.purchase_limit,
       (SELECT count(*) FROM active) AS orders,
       (SELECT coalesce(sum(units), 0) FROM held) AS sold,
       (SELECT count(*) FROM stored WHERE replaces IS NOT NULL) AS bought_by_late_money,
       (SELECT count(*) FROM accepted LEFT JOIN stored USING (id, buyer, quantity) WHERE stored.item_id IS NULL) AS lost,
       (SELECT coalesce(sum(greatest(orders - coalesce(keys, 0), 0)), 0)
          FROM placed LEFT JOIN attempted USING (buyer)) AS duplicates,
       (SELECT count(*) FROM held WHERE units > item.purchase_limit) AS limit_breaches,
       (SELECT orders FROM times) AS first_orders,
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
    ...(await countByStatus(postgres, itemId)),
    total: row.total,
    purchaseLimit: row.purchase_limit,
    sold: Number(row.sold),
    orders: Number(row.orders),
    boughtByLateMoney: Number(row.bought_by_late_money),
    lost: Number(row.lost),
    duplicates: Number(row.duplicates),
    limitBreaches: Number(row.limit_breaches),
    firstOrders: Number(row.first_orders),
    // Redis' clock dates the acceptance, Postgres' clock the row. On two machines the clocks may differ.
    acceptingMs: Math.max(0, Number(row.accepting_ms)),
    persistingMs: Math.max(0, Number(row.persisting_ms)),
    drainMs: Math.max(0, Number(row.drain_ms)),
  }
}

type ByStatus = Pick<CountedOrders, 'paid' | 'paying' | 'expired' | 'cancelled'>

/** Counts an item's orders by what became of them. */
async function countByStatus(postgres: Postgres, itemId: number): Promise<ByStatus> {
  const { rows } = await postgres.query<{ kind: string; orders: string; units: string }>(
    `SELECT CASE WHEN status = 'confirmed' AND EXISTS (
         SELECT FROM payments WHERE payments.order_id = orders.id AND payments.state = 'open'
       ) THEN 'paying' ELSE status::text END AS kind, count(*) AS orders, sum(quantity) AS units
     FROM orders WHERE item_id = $1 GROUP BY kind`,
    [itemId],
  )
  const of = (kind: keyof ByStatus): OrderCount => {
    const found = rows.find((row) => row.kind === kind)
    return { orders: Number(found?.orders ?? 0), units: Number(found?.units ?? 0) }
  }
  return { paid: of('paid'), paying: of('paying'), expired: of('expired'), cancelled: of('cancelled') }
}

/** What Postgres has of an item by now. */
export interface Persisted {
  /** Active orders and their units. */
  readonly orders: number
  readonly units: number
  readonly paidUnits: number
  /** Units of active orders that nobody has begun to pay. */
  readonly unpaidUnits: number
}

export async function readPersisted(postgres: Postgres, itemId: number): Promise<Persisted> {
  const { rows } = await postgres.query<{ orders: string; units: string }>(
    `SELECT count(*) AS orders, coalesce(sum(quantity), 0) AS units
     FROM orders WHERE item_id = $1 AND takes_units(status)`,
    [itemId],
  )
  const units = Number(rows[0]?.units)
  const { paid, paying } = await countByStatus(postgres, itemId)
  return {
    orders: Number(rows[0]?.orders),
    units,
    paidUnits: paid.units,
    unpaidUnits: units - paid.units - paying.units,
  }
}

/** As pg reads it: bigints and numerics are text. */
interface CountedRow {
  total: number
  purchase_limit: number
  orders: string
  bought_by_late_money: string
  sold: string
  lost: string
  duplicates: string
  limit_breaches: string
  first_orders: string
  accepting_ms: string | null
  persisting_ms: string | null
  drain_ms: string | null
}
