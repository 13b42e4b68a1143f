import type { Database } from '@flash-sale/database/connect'
import { orderStatuses, orderStatusFacts } from '@flash-sale/contract/order-statuses'
import { standingMarks } from '@flash-sale/stock/packed-order'

/** What a ledger has to hold of some of an item's buyers. */
export interface LedgerPart {
  /** As `loadChunk` takes them. */
  readonly chunks: readonly string[]
  readonly orderCount: number
  /** Buyers who hold units. */
  readonly buyerCount: number
  /** Units that these orders hold. */
  readonly heldUnits: number
}

/** Which of the parts of an item to read, and in how many chunks. Both counts are powers of two. */
export interface PartToRead {
  readonly part: number
  readonly partCount: number
  readonly chunkCount: number
}

/** How many orders an item has in Postgres, whatever came of them. */
export async function countOrders(database: Database, itemId: number): Promise<number> {
  const [row] = await database.$queryRaw<[{ count: number }]>`
    SELECT count(*)::int AS count FROM orders WHERE item_id = ${itemId}`
  return row.count
}

const returnedStatuses = orderStatuses.filter((status) => orderStatusFacts[status].units === 'returned')

/**
 * Reads all orders of some of an item's buyers, as the ledger is to remember them. One statement, so that the orders, what their buyers
 * hold and the sum of it are of one instant, also when an order ends meanwhile. Postgres puts the chunks together: a row of its own for
 * each order would cost this process more than all else.
 */
export async function readLedgerPart(
  database: Database,
  itemId: number,
  { part, partCount, chunkCount }: PartToRead,
): Promise<LedgerPart> {
  const { held, returned, refused } = standingMarks
  const rows = await database.$queryRaw<ChunkRow[]>`
    WITH remembered AS (
      SELECT buyer, hashtext(buyer) AS hash, CASE WHEN takes_units(status) THEN quantity ELSE 0 END AS held_units,
        '"' || rtrim(replace(replace(encode(uuid_send(id), 'base64'), '+', '-'), '/', '_'), '=') || '",' || to_json(
          CASE WHEN takes_units(status) THEN ${held}::text
               WHEN status::text = ANY(${returnedStatuses}::text[]) THEN ${returned}::text
               ELSE ${refused}::text END
          || quantity || ':' || (date_part('epoch', accepted_at) * 1000)::bigint || ':' || buyer)::text AS fields
      FROM orders WHERE item_id = ${itemId} AND hashtext(buyer) & ${partCount - 1}::int = ${part}::int
    ), of_buyer AS (
      SELECT buyer, hash, string_agg(fields, ',') AS fields, count(*) AS order_count, sum(held_units) AS held_units
      FROM remembered GROUP BY buyer, hash
    )
    SELECT '[[' || string_agg(fields, ',') || '],[' || coalesce(
        string_agg(to_json(buyer)::text || ',"' || held_units || '"', ',') FILTER (WHERE held_units > 0), '') || ']]' AS chunk,
      sum(order_count)::int AS "orderCount", (count(*) FILTER (WHERE held_units > 0))::int AS "buyerCount",
      sum(held_units)::float8 AS "heldUnits"
    FROM of_buyer GROUP BY (hash >> 8) & ${chunkCount - 1}::int`
  return {
    chunks: rows.map(({ chunk }) => chunk),
    orderCount: sumOf(rows.map(({ orderCount }) => orderCount)),
    buyerCount: sumOf(rows.map(({ buyerCount }) => buyerCount)),
    heldUnits: sumOf(rows.map(({ heldUnits }) => heldUnits)),
  }
}

interface ChunkRow {
  chunk: string
  orderCount: number
  buyerCount: number
  heldUnits: number
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0)
}
