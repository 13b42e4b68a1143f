import type { Database } from './connect.ts'
import type { ItemRow } from './items.ts'

export interface NewSale {
  readonly name: string
  readonly opensAt: Date
  readonly closesAt: Date
  readonly items: readonly {
    readonly sku: string
    readonly name: string
    readonly priceCents: number
    readonly total: number
    readonly purchaseLimit: number
  }[]
}

const withItems = { items: { orderBy: { id: 'asc' } } } as const

/** A sale with its items, as stored. */
export type SaleRow = NonNullable<Awaited<ReturnType<typeof readSale>>>

/** Stores a sale with its items, in one transaction of one statement each. Their ledgers are made by a rebuild. */
export function insertSale(database: Database, { items, ...sale }: NewSale): Promise<SaleRow> {
  return database.sale.create({ data: { ...sale, items: { create: [...items] } }, include: withItems })
}

/** One sale with its items, or null. */
export function readSale(database: Database, saleId: number) {
  return database.sale.findUnique({ where: { id: saleId }, include: withItems })
}

/** The newest sales with their items, at most `limit`. */
export function listSales(database: Database, limit: number): Promise<SaleRow[]> {
  return database.sale.findMany({ orderBy: { id: 'desc' }, take: limit, include: withItems })
}

/**
 * Sets a sale's stored state. 'closed' is final, and a sale that has ended at `nowMs` can only be closed: false when the sale is
 * over, or does not exist.
 */
export async function setSaleState(
  database: Database,
  saleId: number,
  state: ItemRow['state'],
  nowMs: number,
): Promise<boolean> {
  const goesOn = state === 'closed' ? {} : { closesAt: { gt: new Date(nowMs) } }
  const { count } = await database.sale.updateMany({
    where: { id: saleId, state: { not: 'closed' }, ...goesOn },
    data: { state },
  })
  return count === 1
}
