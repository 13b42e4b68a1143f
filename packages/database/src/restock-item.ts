import type { Statements } from './connect.ts'

export type Restocked =
  | { readonly kind: 'RAISED' | 'RAISED_BEFORE'; readonly total: number }
  | { readonly kind: 'KEY_CONFLICT' }
  | { readonly kind: 'FENCED' }

/**
 * Raises an item's total once for each key, as the holder of `fence`. `KEY_CONFLICT`: the key stood for another number of
 * units; `FENCED`: another holder has taken over. One statement: the key and the total change together or not at all.
 */
export async function raiseTotal(
  statements: Statements,
  itemId: number,
  fence: bigint,
  key: string,
  units: number,
): Promise<Restocked> {
  const [row] = await statements.$queryRaw<
    { total: number; fenced: boolean; before: number | null; raised: number | null }[]
  >`
    WITH item AS MATERIALIZED (SELECT id, total, fence FROM sale_items WHERE id = ${itemId} FOR NO KEY UPDATE),
    known AS (SELECT units FROM restocks WHERE item_id = ${itemId} AND key = ${key}),
    added AS (
      INSERT INTO restocks (item_id, key, units)
      SELECT id, ${key}, ${units}::int FROM item WHERE fence = ${fence}::bigint AND NOT EXISTS (SELECT FROM known)
      ON CONFLICT DO NOTHING RETURNING units
    ), raised AS (
      UPDATE sale_items SET total = total + ${units}::int WHERE id = ${itemId} AND EXISTS (SELECT FROM added) RETURNING total
    )
    SELECT item.total, item.fence <> ${fence}::bigint AS fenced, (SELECT units FROM known) AS before,
      (SELECT total FROM raised) AS raised
    FROM item`
  if (!row || row.fenced) return { kind: 'FENCED' }
  if (row.raised !== null) return { kind: 'RAISED', total: row.raised }
  return row.before === units ? { kind: 'RAISED_BEFORE', total: row.total } : { kind: 'KEY_CONFLICT' }
}
