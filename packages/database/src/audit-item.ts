import { orderStatuses, orderStatusFacts } from '@flash-sale/contract/order-statuses'
import type { Database } from './connect.ts'

/** The numbers of an item in Postgres, counted from its rows in one snapshot. */
export interface PersistedNumbers {
  readonly total: number
  readonly birth: string
  readonly epoch: number
  readonly rows: number
  /** Units of the orders that take units. */
  readonly activeUnits: number
  /** Ended orders of which it is not known that the ledger has their units back. */
  readonly returning: readonly CountedReturning[]
  /** Rows of orders that hold units or held some. */
  readonly keptRows: number
  /** Buyers who hold more than the limit, by the rows. */
  readonly limitBreaches: number
  /** Units by which the counters of the item (active and returning) and of its buyers, all added up, differ from the rows. */
  readonly counterDrift: number
  /** Those of the given ids that have a row, active or not. */
  readonly knownIds: ReadonlySet<string>
}

/** A returning order, as an audit counts it. */
export interface CountedReturning {
  /** UUID. */
  readonly orderId: string
  readonly quantity: number
  /** Its units are not sold again: the total was lowered by them. */
  readonly isWithdrawn: boolean
}

/** The statuses of orders that never held units. */
const refusedStatuses = orderStatuses.filter((status) => orderStatusFacts[status].units === 'refused')

/** Counts an item's rows. The result says which of `waitingIds` (UUIDs) have a row. Null: there is no such item. */
export async function countPersisted(
  database: Database,
  itemId: number,
  waitingIds: readonly string[],
): Promise<PersistedNumbers | null> {
  const [row] = await database.$queryRaw<CountedRow[]>`
    WITH o AS MATERIALIZED (
      SELECT id, buyer, quantity, status FROM orders WHERE item_id = ${itemId}
    ),
    on_their_way AS MATERIALIZED (
      SELECT order_id, quantity, is_withdrawn FROM returning_orders WHERE item_id = ${itemId}
    ),
    held AS (SELECT buyer, sum(quantity) AS units FROM o WHERE takes_units(status) GROUP BY buyer)
    SELECT i.total, i.birth::text AS birth, i.epoch,
      (SELECT count(*) FROM o) AS row_count,
      (SELECT count(*) FROM o WHERE status::text <> ALL(${refusedStatuses}::text[])) AS kept_row_count,
      coalesce((SELECT sum(units) FROM held), 0) AS active_units,
      (SELECT count(*) FROM held WHERE units > i.purchase_limit) AS limit_breaches,
      abs(i.persisted - coalesce((SELECT sum(units) FROM held), 0))
        + abs(coalesce((SELECT sum(units) FROM buyer_quota WHERE item_id = i.id), 0)
              - coalesce((SELECT sum(units) FROM held), 0))
        + abs(i.returning_units - coalesce((SELECT sum(quantity) FROM on_their_way WHERE NOT is_withdrawn), 0))
        AS counter_drift,
      (SELECT json_agg(json_build_object('orderId', order_id, 'quantity', quantity, 'isWithdrawn', is_withdrawn))
        FROM on_their_way) AS returning_orders,
      ARRAY(SELECT id::text FROM orders WHERE id = ANY(${waitingIds}::uuid[])) AS known_ids
    FROM sale_items i WHERE i.id = ${itemId}`
  if (!row) return null
  return {
    total: row.total,
    birth: row.birth,
    epoch: row.epoch,
    rows: Number(row.row_count),
    activeUnits: Number(row.active_units),
    returning: row.returning_orders ?? [],
    keptRows: Number(row.kept_row_count),
    limitBreaches: Number(row.limit_breaches),
    counterDrift: Number(row.counter_drift),
    knownIds: new Set(row.known_ids),
  }
}

interface CountedRow {
  total: number
  birth: string
  epoch: number
  row_count: bigint
  active_units: bigint
  returning_orders: CountedReturning[] | null
  kept_row_count: bigint
  limit_breaches: bigint
  counter_drift: bigint
  known_ids: string[]
}
