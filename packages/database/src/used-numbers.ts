import type { Database, Statements } from './connect.ts'

/** The largest numbers that items and sales were given. */
export interface UsedNumbers {
  readonly item: number
  readonly sale: number
}

/** The largest numbers of this database, or those that its sequences have reached if they are larger. */
export async function readUsedNumbers(statements: Statements): Promise<UsedNumbers> {
  const [row] = await statements.$queryRaw<UsedNumbers[]>`
    SELECT greatest((SELECT max(id) FROM sale_items), pg_sequence_last_value(pg_get_serial_sequence('sale_items', 'id')), 0)::int AS item,
      greatest((SELECT max(id) FROM sales), pg_sequence_last_value(pg_get_serial_sequence('sales', 'id')), 0)::int AS sale`
  return row!
}

/** How many numbers Postgres skips at most, in about a second. A number that is further off was hardly given. */
export const skippedMax = 100_000

/**
 * Has the next item and the next sale get larger numbers than these, unless they are more than `skippedMax` above the largest. Draws
 * numbers, so that no right on the sequences is needed but USAGE. Not for a transaction: it takes time, and nothing of it is undone.
 */
export async function skipNumbers(database: Database, upTo: UsedNumbers): Promise<void> {
  const used = await readUsedNumbers(database)
  const [items, sales] = [upTo.item - used.item, upTo.sale - used.sale].map((gap) => (gap > skippedMax ? 0 : gap))
  if (items! <= 0 && sales! <= 0) return
  await database.$executeRaw`
    SELECT (SELECT count(nextval(pg_get_serial_sequence('sale_items', 'id'))) FROM generate_series(1, ${items}::int)),
      (SELECT count(nextval(pg_get_serial_sequence('sales', 'id'))) FROM generate_series(1, ${sales}::int))`
}
