import { recordAuditEvent } from './audit-events.ts'
import type { Database } from './connect.ts'
import type { ItemRow } from './items.ts'

/** What is left of an item that Postgres does not know. Times are milliseconds since 1970. */
export interface LeftItem {
  readonly itemId: number
  /** '' when it is not known; it then gets a new one. */
  readonly birth: string
  readonly epoch: number
  readonly saleId: number | undefined
  readonly state: string
  readonly total: number
  readonly totalVersion: number
  readonly purchaseLimit: number
  readonly opensAtMs: number
  readonly closesAtMs: number
}

export interface RestoredItem {
  readonly kind: 'RESTORED'
  readonly saleId: number
  /** The sale was missing too, and has a name that says so. */
  readonly isSaleNew: boolean
}

/**
 * Stores an item under its number and birth again, in its sale if that is still there. Its name, SKU and price are not known: an operator
 * corrects them in the rows. The price is 0.
 */
export function restoreItem(database: Database, left: LeftItem): Promise<RestoredItem> {
  const { itemId: id, birth, epoch, saleId: formerSaleId, total, totalVersion, purchaseLimit } = left
  return database.$transaction(async (statements) => {
    const former = formerSaleId === undefined ? null : await statements.sale.findUnique({ where: { id: formerSaleId } })
    const sale =
      former ??
      (await statements.sale.create({
        data: {
          ...(formerSaleId !== undefined && { id: formerSaleId }),
          name: `Restored sale of item ${id}`,
          state: stateOf(left.state),
          opensAt: new Date(left.opensAtMs),
          closesAt: new Date(left.closesAtMs),
        },
      }))
    // A sale that is missing too is restored without payment, since no ledger knows of it.
    const units = { total, totalVersion, purchaseLimit, payWithinSeconds: sale.payWithinSeconds }
    const names = { sku: `RESTORED-${id}`, name: `Restored item ${id}`, priceCents: 0 }
    const known = birth === '' ? {} : { birth: BigInt(birth) }
    await statements.saleItem.create({ data: { id, saleId: sale.id, epoch, ...known, ...units, ...names } })
    await recordAuditEvent(statements, {
      actor: 'ops',
      action: 'restore',
      saleId: sale.id,
      itemId: id,
      detail: { total },
    })
    return { kind: 'RESTORED', saleId: sale.id, isSaleNew: former === null }
  })
}

function stateOf(state: string): ItemRow['state'] {
  return state === 'paused' || state === 'closed' ? state : 'live'
}
