import type { Statements } from './connect.ts'

export type TotalSet = 'SET' | 'FENCED' | 'SALE_OVER'

/**
 * Sets an item's total as the holder of `fence`. `FENCED`: another holder has taken over. `SALE_OVER`: the sale was closed, or has ended at
 * `nowMs`. A total below the units of active orders violates a CHECK and rejects.
 */
export async function setTotal(
  statements: Statements,
  itemId: number,
  fence: bigint,
  total: number,
  nowMs: number,
): Promise<TotalSet> {
  const [row] = await statements.$queryRaw<{ isOver: boolean }[]>`
    WITH held AS MATERIALIZED (
      SELECT item.id, sale.state = 'closed' OR sale.closes_at <= ${new Date(nowMs)} AS is_over
      FROM sale_items item JOIN sales sale ON sale.id = item.sale_id
      WHERE item.id = ${itemId} AND item.fence = ${fence}::bigint FOR NO KEY UPDATE OF item
    ), changed AS (
      UPDATE sale_items SET total = ${total}::int WHERE id = (SELECT id FROM held WHERE NOT is_over)
    )
    SELECT is_over AS "isOver" FROM held`
  if (!row) return 'FENCED'
  return row.isOver ? 'SALE_OVER' : 'SET'
}
