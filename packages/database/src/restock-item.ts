import type { Statements } from './connect.ts'

export type Restocked =
  | { readonly kind: 'RAISED' | 'RAISED_BEFORE'; readonly total: number }
  | { readonly kind: 'KEY_CONFLICT' | 'SALE_OVER' }
  | { readonly kind: 'FENCED' }

/**
 * Raises an item's total once for each key, as the holder of `fence`. `KEY_CONFLICT`: the key has another number of units. `SALE_OVER`: the
 * sale was closed, or has ended at `nowMs`. `FENCED`: another holder has taken over. It is one statement, so the key and the total change
 * together or not at all.
 */
export async function raiseTotal(
  statements: Statements,
  itemId: number,
  fence: bigint,
  key: string,
  units: number,
  nowMs: number,
): Promise<Restocked> {
  const [row] = await statements.$queryRaw<
    { total: number; fenced: boolean; over: boolean; before: number | null; raised: number | null }[]
  >`
    WITH item AS MATERIALIZED (
      SELECT item.id, total, fence, sale.state = 'closed' OR sale.closes_at <= ${new Date(nowMs)} AS over
      FROM sale_items item JOIN sales sale ON sale.id = item.sale_id
      WHERE item.id = ${itemId} FOR NO KEY UPDATE OF item
    ),
    known AS (SELECT units FROM restocks WHERE item_id = ${itemId} AND key = ${key}),
    added AS (
      INSERT INTO restocks (item_id, key, units)
      SELECT id, ${key}, ${units}::int FROM item
      WHERE fence = ${fence}::bigint AND NOT over AND NOT EXISTS (SELECT FROM known)
      ON CONFLICT DO NOTHING RETURNING units
    ), raised AS (
      UPDATE sale_items SET total = total + ${units}::int WHERE id = ${itemId} AND EXISTS (SELECT FROM added) RETURNING total
    )
    SELECT item.total, item.fence <> ${fence}::bigint AS fenced, item.over,
      (SELECT units FROM known) AS before,
      (SELECT total FROM raised) AS raised
    FROM item`
  if (!row || row.fenced) return { kind: 'FENCED' }
  if (row.raised !== null) return { kind: 'RAISED', total: row.raised }
  if (row.before === null && row.over) return { kind: 'SALE_OVER' }
  return row.before === units ? { kind: 'RAISED_BEFORE', total: row.total } : { kind: 'KEY_CONFLICT' }
}
