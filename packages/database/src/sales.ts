import type { Database, Statements } from './connect.ts'
import type { Prisma } from './generated/client.ts'
import type { ItemRow } from './items.ts'

export interface NewSale {
  readonly name: string
  readonly opensAt: Date
  readonly closesAt: Date
  /** Absent: 0, no order counts as a repeat of another. */
  readonly duplicateWindowMs?: number
  /** How long after an order is confirmed it has to be paid. Absent: the sale asks for no payment. */
  readonly payWithinSeconds?: number
  /** Three capital letters. A sale that asks for payment has one. */
  readonly currency?: string
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

/** Stores a sale with its items, all or nothing. A rebuild makes their ledgers. */
export function insertSale(statements: Statements, { items, ...sale }: NewSale): Promise<SaleRow> {
  const { payWithinSeconds = null } = sale
  const create = items.map((item) => ({ ...item, payWithinSeconds }))
  return statements.sale.create({ data: { ...sale, items: { create } }, include: withItems })
}

/** One sale with its items, or null. */
export function readSale(database: Database, saleId: number) {
  return database.sale.findUnique({ where: { id: saleId }, include: withItems })
}

export interface SaleFilter {
  /** The state by the clock and the operators; undefined: any state but closed. */
  readonly state: 'scheduled' | 'open' | 'paused' | 'closed' | undefined
  /** The moment at which a sale is scheduled, open or closed. */
  readonly now: Date
}

/** A sale of a list, and the number of its items. */
export interface FoundSale {
  readonly id: number
  readonly itemCount: number
}

/** The newest sales that match, of ids below `beforeId` if it is given, at most `limit`. */
export async function findSales(
  database: Database,
  filter: SaleFilter,
  beforeId: number | undefined,
  limit: number,
): Promise<FoundSale[]> {
  const sales = await database.sale.findMany({
    where: { ...whereOf(filter), ...(beforeId !== undefined && { id: { lt: beforeId } }) },
    orderBy: { id: 'desc' },
    take: limit,
    select: { id: true },
  })
  const counts = await database.saleItem.groupBy({
    by: 'saleId',
    where: { saleId: { in: sales.map(({ id }) => id) } },
    _count: true,
  })
  const countOf = new Map(counts.map(({ saleId, _count }) => [saleId, _count]))
  return sales.map(({ id }) => ({ id, itemCount: countOf.get(id) ?? 0 }))
}

/** These sales with their items, the newest first. */
export function readSales(database: Database, saleIds: readonly number[]): Promise<SaleRow[]> {
  return database.sale.findMany({ where: { id: { in: [...saleIds] } }, orderBy: { id: 'desc' }, include: withItems })
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

export type StateSet = 'CHANGED' | 'SAME_ALREADY' | 'CLOSED' | 'SALE_NOT_FOUND'

/** Sets a sale's stored state. `closed` is final, and a sale that has ended at `nowMs` can only be closed: 'CLOSED' otherwise. */
export async function setSaleState(
  statements: Statements,
  saleId: number,
  state: ItemRow['state'],
  nowMs: number,
): Promise<StateSet> {
  const now = new Date(nowMs)
  const goesOn = state === 'closed' ? {} : { closesAt: { gt: now } }
  const { count } = await statements.sale.updateMany({
    where: { id: saleId, state: { notIn: ['closed', state] }, ...goesOn },
    data: { state },
  })
  if (count === 1) return 'CHANGED'
  const sale = await statements.sale.findUnique({ where: { id: saleId }, select: { state: true, closesAt: true } })
  if (!sale) return 'SALE_NOT_FOUND'
  if (state === 'closed') return 'SAME_ALREADY'
  return sale.state === 'closed' || sale.closesAt <= now ? 'CLOSED' : 'SAME_ALREADY'
}
