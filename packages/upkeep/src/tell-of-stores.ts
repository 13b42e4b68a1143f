import type { AuditEvent } from '@flash-sale/database/audit-events'
import type { Logger } from '@flash-sale/runtime/logger'
import type { Begun } from './begin-rebuild.ts'

/** Says what a rebuild came upon that a person has to know of: one of the stores is not what it was. */
export function tellOfStores(logger: Pick<Logger, 'error'>, itemId: number, { movedAside, broughtBack }: Begun): void {
  if (movedAside) logger.error({ itemId, ...movedAside }, 'keys of another item with this number were moved aside')
  if (broughtBack) {
    logger.error(
      { itemId, ...broughtBack },
      'Postgres is older than the ledger: it has back what the ledger still knew',
    )
  }
}

/** The same for the audit trail. */
export function detailOfStores({ movedAside, broughtBack }: Begun): NonNullable<AuditEvent['detail']> {
  return {
    ...(movedAside && {
      movedAside: movedAside.prefix,
      ordersAside: movedAside.orderCount,
      entriesAside: movedAside.entryCount,
    }),
    ...(broughtBack && { broughtBackTotal: broughtBack.total, broughtBackEpoch: broughtBack.epoch }),
  }
}
