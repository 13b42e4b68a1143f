import type { Database } from './connect.ts'

export interface FoundSaleRow {
  readonly saleId: number
  readonly name: string
  readonly opensAt: Date
  readonly closesAt: Date
}

export interface FoundItemRow {
  readonly itemId: number
  readonly name: string
  readonly sku: string
  readonly saleId: number
  readonly saleName: string
}

/** The sales with this text in their name, or with this number, the newest first, at most `limit`. */
export function searchSales(
  database: Database,
  text: string,
  id: number | undefined,
  limit: number,
): Promise<FoundSaleRow[]> {
  return database.$queryRaw<FoundSaleRow[]>`
    SELECT id AS "saleId", name, opens_at AS "opensAt", closes_at AS "closesAt" FROM sales
    WHERE strpos(lower(name), lower(${text})) > 0 OR id = ${id ?? null}::int
    ORDER BY id DESC LIMIT ${limit}`
}

/** The items with this text in their name or SKU, or with this number, the newest first, at most `limit`. */
export function searchItems(
  database: Database,
  text: string,
  id: number | undefined,
  limit: number,
): Promise<FoundItemRow[]> {
  return database.$queryRaw<FoundItemRow[]>`
    SELECT i.id AS "itemId", i.name, i.sku, s.id AS "saleId", s.name AS "saleName"
    FROM sale_items i JOIN sales s ON s.id = i.sale_id
    WHERE strpos(lower(i.name), lower(${text})) > 0 OR strpos(lower(i.sku), lower(${text})) > 0 OR i.id = ${id ?? null}::int
    ORDER BY i.id DESC LIMIT ${limit}`
}

/** The names of these items and of their sales, by the items' numbers. Items that Postgres does not have are left out. */
export async function readItemNames(
  database: Database,
  itemIds: readonly number[],
): Promise<ReadonlyMap<number, FoundItemRow>> {
  if (itemIds.length === 0) return new Map()
  const rows = await database.$queryRaw<FoundItemRow[]>`
    SELECT i.id AS "itemId", i.name, i.sku, s.id AS "saleId", s.name AS "saleName"
    FROM sale_items i JOIN sales s ON s.id = i.sale_id WHERE i.id = ANY(${[...itemIds]}::int[])`
  return new Map(rows.map((row) => [row.itemId, row]))
}

/** The names of these sales, by their numbers. */
export async function readSaleNames(
  database: Database,
  saleIds: readonly number[],
): Promise<ReadonlyMap<number, string>> {
  if (saleIds.length === 0) return new Map()
  const rows = await database.sale.findMany({ where: { id: { in: [...saleIds] } }, select: { id: true, name: true } })
  return new Map(rows.map(({ id, name }) => [id, name]))
}
