import type { Statements } from './connect.ts'

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

/** More numbers than any restore takes back; a number that is further off was never given. */
const skippedMax = 1_000_000

/** Has the next item and the next sale get larger numbers than these. Draws numbers, so that no right on the sequences is needed but USAGE. */
export async function skipNumbers(statements: Statements, upTo: UsedNumbers): Promise<void> {
  const used = await readUsedNumbers(statements)
  if (used.item >= upTo.item && used.sale >= upTo.sale) return
  const [items, sales] = [upTo.item - used.item, upTo.sale - used.sale].map((n) => Math.min(Math.max(n, 0), skippedMax))
  await statements.$executeRaw`
    SELECT count(nextval(pg_get_serial_sequence('sale_items', 'id'))) FROM generate_series(1, ${items}::int)`
  await statements.$executeRaw`
    SELECT count(nextval(pg_get_serial_sequence('sales', 'id'))) FROM generate_series(1, ${sales}::int)`
}
