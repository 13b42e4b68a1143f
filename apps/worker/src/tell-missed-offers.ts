import { recordAuditEvent } from '@flash-sale/database/audit-events'
import { forgetMissedOffers, readMissedOffers } from '@flash-sale/stock/offers-first'
import type { Stores } from '@flash-sale/upkeep/stores'
import type { Logger } from 'pino'

/**
 * Tells at level 50 and in the audit trail of an item of which Redis had lost something, and of which not every API process that was
 * alive has offered what it remembers. Whatever such a process accepted and no worker had persisted is lost.
 */
export async function tellMissedOffers(
  { redis, database }: Pick<Stores, 'redis' | 'database'>,
  logger: Pick<Logger, 'error'>,
  itemId: number,
): Promise<void> {
  const offers = await readMissedOffers(redis, itemId)
  if (!offers) return
  const { unitsMax, missed, making } = offers
  const detail = { unitsMax, missed: missed.includes('*') ? 'unknown' : missed.join(' ') }
  logger.error(
    { itemId, ...detail },
    'accepted orders may be lost: Redis lost its data, and API processes did not come to offer theirs',
  )
  await recordAuditEvent(database, { actor: 'worker', action: 'loss', itemId, detail })
  // Not before: a loss that is told twice is better than one that nobody is told of.
  await forgetMissedOffers(redis, itemId, making, unitsMax)
}
