import { recordAuditEvent } from '@flash-sale/database/audit-events'
import type { Database } from '@flash-sale/database/connect'
import { orderUuid } from '@flash-sale/stock/order-id'
import type { LedgerVerdict } from '@flash-sale/contract/order-outcomes'
import type { AdoptedBatch } from '@flash-sale/upkeep/adopt-orders'
import type { Logger } from 'pino'
import { namedCountMax } from './tell-losses.ts'

/**
 * Tells what came of the orders that a ledger was offered again, in the log and in the audit trail. Says nothing when the ledger knew
 * all of them. Never rejects.
 */
export async function tellOffered(
  database: Database,
  logger: Pick<Logger, 'warn' | 'error'>,
  itemId: number,
  adopted: readonly AdoptedBatch[],
): Promise<void> {
  const of = (...verdicts: LedgerVerdict[]) =>
    adopted.flatMap(({ orders, judged }) => orders.filter((_, i) => verdicts.includes(judged.verdicts[i]!)))
  const broughtBack = of('RESERVED').length
  const rejected = of('SOLD_OUT', 'LIMIT_REACHED')
  const conflicts = of('KEY_CONFLICT')
  if (broughtBack + rejected.length + conflicts.length === 0) return
  const told = { epoch: adopted[0]!.epoch, broughtBack, rejected: rejected.length, conflicts: conflicts.length }
  if (broughtBack > 0) logger.warn({ itemId, ...told }, 'Redis had lost accepted orders: they were brought back')
  if (rejected.length + conflicts.length > 0) {
    const orderIds = [...conflicts, ...rejected].slice(0, namedCountMax).map(({ orderId }) => orderUuid(orderId))
    logger.error(
      { itemId, ...told, orderIds },
      'Redis had lost accepted orders: some of them could not be brought back',
    )
  }
  const event = { actor: 'api', action: 'adopt', itemId, detail: told } as const
  await recordAuditEvent(database, event).catch(() => undefined)
}
