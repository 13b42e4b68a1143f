import { countPersisted, type CountedReturning } from '@flash-sale/database/audit-item'
import { readEpochs } from '@flash-sale/database/items'
import { findHeldOrders } from '@flash-sale/stock/held-orders'
import { orderUuid, shortOrderId } from '@flash-sale/stock/order-id'
import { readOutbox, type WaitingOrder } from '@flash-sale/stock/outbox'
import { countRememberedOrders, isOfAnother, readLedger, type LedgerView } from '@flash-sale/stock/read-ledger'
import { holdItem } from './hold-item.ts'
import type { Stores } from './stores.ts'

/** The numbers behind I1 to I6, each counted in the store that holds it, at one instant of both. Units and rows. */
export interface Audit {
  readonly itemId: number
  readonly epoch: number
  readonly total: number
  readonly available: number
  /** Accepted and not yet in Postgres. */
  readonly outboxUnits: number
  readonly activeUnits: number
  /** Of ended orders, and not yet back in the ledger. */
  readonly returningUnits: number
  readonly rows: number
  readonly oversold: number
  readonly undersold: number
  /** Orders beyond those that the ledger remembers to have accepted; at least so many, since rejected rows are left out. */
  readonly duplicates: number
  readonly limitBreaches: number
  /** Units by which the counters in Postgres differ from the rows beside them. */
  readonly counterDrift: number
  readonly balanced: boolean
}

const optimisticTries = 3
const outboxReadCount = 256

/**
 * Compares the stores. Two readings of the ledger with equal sequences have nothing sold between them, so what Postgres says
 * in between belongs to the same instant; in a storm that never happens, and the item is then held for one reading.
 * 'NOT_LOADED': the ledger cannot be believed now.
 */
export async function auditItem(
  stores: Stores,
  itemId: number,
  waitMs: number,
): Promise<Audit | 'NOT_LOADED' | 'ITEM_NOT_FOUND'> {
  if (!(await readEpochs(stores.database, [itemId])).has(itemId)) return 'ITEM_NOT_FOUND'
  for (let i = 0; i < optimisticTries; i += 1) {
    const audit = await auditOnce(stores, itemId)
    if (audit !== 'CHANGED_MEANWHILE') return audit
  }
  const audit = await holdItem(stores, itemId, 'audit', waitMs, () => auditOnce(stores, itemId, true))
  if (audit === 'CHANGED_MEANWHILE') return 'NOT_LOADED'
  return audit ?? 'ITEM_NOT_FOUND'
}

/** One reading of both stores; 'CHANGED_MEANWHILE' when the ledger moved on and the numbers belong to different instants. */
export async function auditOnce(
  { redis, database }: Stores,
  itemId: number,
  held = false,
): Promise<Audit | 'NOT_LOADED' | 'CHANGED_MEANWHILE' | 'ITEM_NOT_FOUND'> {
  const before = await readLedger(redis, itemId)
  if (before === 'NOT_LOADED') return 'NOT_LOADED'
  const waiting = await allWaiting({ redis }, itemId)
  const counted = await countPersisted(
    database,
    itemId,
    waiting.map((order) => orderUuid(order.orderId)),
  )
  if (!counted) return 'ITEM_NOT_FOUND'
  const rememberedCount = await countRememberedOrders(redis, itemId)
  const notBack = await findNotBack(redis, itemId, counted.returning)
  const after = await readLedger(redis, itemId)
  if (after === 'NOT_LOADED' || after.epoch !== counted.epoch) return 'NOT_LOADED'
  if (isOfAnother(after, counted.birth)) return 'NOT_LOADED'
  if (after.sequence !== before.sequence || after.epoch !== before.epoch) return 'CHANGED_MEANWHILE'
  // A restock is on its way from the one store to the other; while the item is held nobody is at work on that.
  if (!held && after.total !== counted.total) return 'CHANGED_MEANWHILE'
  const onTheWay = waiting.filter((order) => !order.refused && !counted.knownIds.has(orderUuid(order.orderId)))
  const duplicates = Math.max(0, counted.keptRows + onTheWay.length - rememberedCount)
  const isTotalEqual = after.total === counted.total
  // The units of a withdrawn order leave the ledger together with its part of the total, in one step.
  const returning = notBack.filter(({ isWithdrawn }) => !isWithdrawn || isTotalEqual)
  return judge(itemId, after, unitsOf(onTheWay), unitsOf(returning), duplicates, counted)
}

function judge(
  itemId: number,
  ledger: LedgerView,
  outboxUnits: number,
  returningUnits: number,
  duplicates: number,
  counted: NonNullable<Awaited<ReturnType<typeof countPersisted>>>,
): Audit {
  const { rows, activeUnits, limitBreaches, counterDrift, total } = counted
  const { available, epoch } = ledger
  const taken = activeUnits + outboxUnits + returningUnits
  const oversold = Math.max(0, taken + available - total)
  const undersold = Math.max(0, total - taken - available)
  const balanced = oversold + undersold + duplicates + limitBreaches + counterDrift === 0
  const stock = { total, available, outboxUnits, activeUnits, returningUnits, rows }
  return { itemId, epoch, ...stock, oversold, undersold, duplicates, limitBreaches, counterDrift, balanced }
}

/**
 * Those of the returning orders that the ledger has not given back. Postgres learns of that later, so an order that is in both stores is
 * counted in the ledger alone.
 */
async function findNotBack(
  redis: Stores['redis'],
  itemId: number,
  returning: readonly CountedReturning[],
): Promise<readonly CountedReturning[]> {
  const shortIds = returning.map(({ orderId }) => shortOrderId(orderId))
  const held = await findHeldOrders(redis, itemId, shortIds)
  return returning.filter((_, i) => held.has(shortIds[i]!))
}

async function allWaiting({ redis }: Pick<Stores, 'redis'>, itemId: number): Promise<WaitingOrder[]> {
  const orders: WaitingOrder[] = []
  let afterId: string | undefined
  for (;;) {
    const entries = await readOutbox(redis, itemId, outboxReadCount, afterId)
    if (entries.length === 0) return orders
    for (const entry of entries) orders.push(...entry.orders)
    afterId = entries.at(-1)!.id
  }
}

function unitsOf(orders: readonly { readonly quantity: number }[]): number {
  return orders.reduce((units, order) => units + order.quantity, 0)
}
