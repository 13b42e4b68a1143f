import type { Database } from './connect.ts'
import type { Prisma } from './generated/client.ts'
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

export interface SaleFilter {
  /** As the clock and the operators have it; undefined: any but closed. */
  readonly state: 'scheduled' | 'open' | 'paused' | 'closed' | undefined
  /** The moment that tells what is scheduled, open and closed. */
  readonly now: Date
}

/** The newest sales that match, with their items, of ids below `beforeId` if it is given, at most `limit`. */
export function listSales(
  database: Database,
  filter: SaleFilter,
  beforeId: number | undefined,
  limit: number,
): Promise<SaleRow[]> {
  return database.sale.findMany({
    where: { ...whereOf(filter), ...(beforeId !== undefined && { id: { lt: beforeId } }) },
    orderBy: { id: 'desc' },
    take: limit,
    include: withItems,
  })
}

function whereOf({ state, now }: SaleFilter): Prisma.SaleWhereInput {
  const isOn = { state: { not: 'closed' }, closesAt: { gt: now } } as const
  switch (state) {
    case undefined:
      return isOn
    case 'closed':
      return { OR: [{ state: 'closed' }, { closesAt: { lte: now } }] }
    case 'paused':
      return { ...isOn, state: 'paused' }
    case 'scheduled':
      return { ...isOn, state: 'live', opensAt: { gt: now } }
    default:
      state satisfies 'open'
      return { ...isOn, state: 'live', opensAt: { lte: now } }
  }
}

/** Sets a sale's stored state. 'closed' is final: false when the sale is closed already, or does not exist. */
export async function setSaleState(database: Database, saleId: number, state: ItemRow['state']): Promise<boolean> {
  const { count } = await database.sale.updateMany({ where: { id: saleId, state: { not: 'closed' } }, data: { state } })
  return count === 1
}
