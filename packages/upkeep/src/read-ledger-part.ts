import type { Database } from '@flash-sale/database/connect'
import { orderStatuses, orderStatusFacts } from '@flash-sale/contract/order-statuses'
import { standingMarks } from '@flash-sale/stock/packed-order'
import type { OrdersChunk } from '@flash-sale/stock/rebuild-ledger'

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
 * Reads all orders of some of an item's buyers, as chunks that `loadChunk` takes. One statement, so that the orders of a buyer are of one
 * instant, also when one ends meanwhile. Postgres puts the chunks together: a row of its own for each order would cost this process more
 * than all else. Both texts of a chunk are put together in one pass over the same rows, so they name the orders in the same order. What each
 * buyer holds Redis sums up (rebuild-load.lua): to group by buyer costs Postgres half as much again.
 */
export async function readLedgerPart(
  database: Database,
  itemId: number,
  { part, partCount, chunkCount }: PartToRead,
): Promise<OrdersChunk[]> {
  const { held, returned, refused } = standingMarks
  // The two bytes between ids make each of them 24 characters of base64. A query that asks for its backend runs in no parallel workers: they
  // would take the cores that Redis needs meanwhile, and a half more in all.
  const rows = await database.$queryRaw<{ ids: string; packedOrders: string }[]>`
    WITH remembered AS (
      SELECT hashtext(buyer) AS hash, uuid_send(id) AS id,
        CASE WHEN takes_units(status) THEN ${held}::text
             WHEN status::text = ANY(${returnedStatuses}::text[]) THEN ${returned}::text
             ELSE ${refused}::text END
        || quantity || ':' || (date_part('epoch', accepted_at) * 1000)::bigint || ':' || buyer AS packed
      FROM orders WHERE item_id = ${itemId} AND hashtext(buyer) & ${partCount - 1}::int = ${part}::int
        AND pg_backend_pid() > 0
    )
    SELECT encode(string_agg(id, '\\x0000'::bytea), 'base64') AS ids, json_agg(packed)::text AS "packedOrders"
    FROM remembered GROUP BY (hash >> 8) & ${chunkCount - 1}::int`
  return rows.map(({ ids, packedOrders }) => ({
    paddedIds: Buffer.from(ids, 'base64').toString('base64url'),
    packedOrders,
  }))
}
