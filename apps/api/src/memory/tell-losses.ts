import { recordAuditEvent } from '@flash-sale/database/audit-events'
import type { Database } from '@flash-sale/database/connect'
import { isFirstToTell, joinWrites, type KnownWrites } from '@flash-sale/stock/join-writes'
import { orderUuid } from '@flash-sale/stock/order-id'
import type { WaitingOrder } from '@flash-sale/stock/outbox'
import type { Stores } from '@flash-sale/upkeep/stores'
import type { Logger } from 'pino'

export interface LossTeller {
  /** Joins what this process knows of a making of a ledger that was lost, and tells later what may be lost. Never rejects. */
  join(itemId: number, epoch: number, writes: KnownWrites): Promise<void>
}

export interface LossTellerOptions {
  readonly logger: Pick<Logger, 'error'>
  /** Orders that one write of a ledger may hold. */
  readonly batchSizeMax: number
  /** When every process that is alive has joined. Default: later than a ledger waits for them. */
  readonly joinedAfterMs?: number
}

/** Orders that a line of the log names at most. */
export const namedCountMax = 100
/** A ledger waits 2 s for offers. */
const joinedByAllAfterMs = 3_000

/**
 * Tells once, at level 50 and in the audit trail, of orders that were accepted by processes which are not there to offer them again: a
 * write that some process has seen, and that none of those that live knows to be committed or has offered.
 */
export function createLossTeller(
  { redis, database }: Pick<Stores, 'redis' | 'database'>,
  { logger, batchSizeMax, joinedAfterMs = joinedByAllAfterMs }: LossTellerOptions,
): LossTeller {
  async function tell(itemId: number, epoch: number, writes: KnownWrites): Promise<void> {
    const batchesMax = await joinWrites(redis, itemId, epoch, writes)
    if (batchesMax === 0 || !(await isFirstToTell(redis, itemId, epoch, writes))) return
    const detail = { lostEpoch: writes.epoch, epoch, batchesMax, ordersMax: batchesMax * batchSizeMax }
    logger.error(
      { itemId, ...detail },
      'accepted orders may be lost: the process that accepted them is not there any more',
    )
    await recordAuditEvent(database, { actor: 'api', action: 'loss', itemId, detail })
  }

  return {
    async join(itemId, epoch, writes) {
      await joinWrites(redis, itemId, epoch, writes).catch(() => undefined)
      setTimeout(() => void tell(itemId, epoch, writes).catch(() => undefined), joinedAfterMs).unref()
    },
  }
}

/**
 * Tells of orders that cannot be offered, for another item has their number in this database: its ledger does not have them, and if they
 * are committed, they are so elsewhere. Never rejects.
 */
export async function tellOfAnotherItem(
  database: Database,
  logger: Pick<Logger, 'error'>,
  itemId: number,
  lostBirth: string,
  orders: readonly WaitingOrder[],
): Promise<void> {
  const detail = { lostBirth, ordersMax: orders.length }
  const orderIds = orders.slice(0, namedCountMax).map(({ orderId }) => orderUuid(orderId))
  logger.error({ itemId, ...detail, orderIds }, 'accepted orders may be lost: another item has their number here')
  await recordAuditEvent(database, { actor: 'api', action: 'loss', itemId, detail }).catch(() => undefined)
}
