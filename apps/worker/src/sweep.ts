import { recordAuditEvent } from '@flash-sale/database/audit-events'
import { listItems, type ItemRow } from '@flash-sale/database/items'
import { LockError } from '@flash-sale/lock/lock-errors'
import { readLedger, type LedgerView } from '@flash-sale/stock/read-ledger'
import { applySaleState } from '@flash-sale/upkeep/apply-sale-state'
import { auditOnce } from '@flash-sale/upkeep/audit-item'
import { HoldLostError, type Stores } from '@flash-sale/upkeep/hold-item'
import { rebuildItem } from '@flash-sale/upkeep/rebuild-item'
import { finishRestock } from '@flash-sale/upkeep/restock-item'
import type { Logger } from 'pino'

export interface SweepContext {
  readonly stores: Stores
  readonly logger: Logger
  readonly signal: AbortSignal
  /** Persists what waits in an item's outbox. */
  readonly drain: (itemId: number) => Promise<void>
  /** An outbox entry older than this was not heard of through the queue. */
  readonly outboxAgeMaxMs: number
}

/** What a sweep found amiss with an item, in the order in which it is mended; null when nothing is. */
export type Amiss = 'UNSOUND' | 'TOTAL_BEHIND' | 'STATE_BEHIND' | 'OUTBOX_OLD' | 'UNITS_DIFFER' | null

const pageSize = 500
/** Whoever holds the item is at work on it; the next sweep looks again. */
const holdWaitMs = 1_000
/** After a Redis that came back empty every item is amiss at once: a few at a time, so that the pool serves them all. */
const mendCountMax = 8

/** Looks at every item once and mends what is amiss, whatever BullMQ and the other processes do. */
export async function sweepOnce(context: SweepContext): Promise<void> {
  let afterId = 0
  while (!context.signal.aborted) {
    const items = await listItems(context.stores.database, afterId, pageSize)
    if (items.length === 0) return
    const suspects = await findSuspects(context, items)
    for (let i = 0; i < suspects.length; i += mendCountMax) {
      await Promise.all(suspects.slice(i, i + mendCountMax).map(([item, amiss]) => mendSafely(context, item, amiss)))
    }
    afterId = items.at(-1)!.itemId
  }
}

async function findSuspects(
  { stores, outboxAgeMaxMs }: SweepContext,
  items: readonly ItemRow[],
): Promise<[ItemRow, Exclude<Amiss, null>][]> {
  const ledgers = await Promise.all(items.map((item) => readLedger(stores.redis, item.itemId)))
  return items.flatMap((item, i) => {
    const amiss = findAmiss(item, ledgers[i]!, outboxAgeMaxMs)
    return amiss ? [[item, amiss] as [ItemRow, Exclude<Amiss, null>]] : []
  })
}

/** One item's failure is not another's. */
async function mendSafely(context: SweepContext, { itemId }: ItemRow, amiss: Exclude<Amiss, null>): Promise<void> {
  if (context.signal.aborted) return
  try {
    await mend(context, itemId, amiss)
  } catch (error) {
    if (error instanceof LockError || error instanceof HoldLostError) {
      context.logger.info({ itemId, reason: error.message }, 'another process is at work on the item')
    } else context.logger.warn({ itemId, amiss, err: error }, 'the sweep could not mend the item; it tries again')
  }
}

/** Judges one item by what both stores say. Readings of different instants: a difference of units is only a suspicion. */
export function findAmiss(item: ItemRow, ledger: LedgerView | 'NOT_LOADED', outboxAgeMaxMs: number): Amiss {
  if (ledger === 'NOT_LOADED' || ledger.epoch !== item.epoch) return 'UNSOUND'
  if (ledger.total !== item.total) return 'TOTAL_BEHIND'
  // Closed comes to Postgres first, and is final there: so it was a rebuild that closed this ledger, for more is sold than there
  // is. Neither opening it nor making it anew would help; an operator rebuilds it after looking at the rows.
  const isOversold = ledger.state === 'closed' && item.state !== 'closed'
  if (ledger.state !== item.state && !isOversold) return 'STATE_BEHIND'
  if (ledger.oldestEntryId) {
    const ageMs = ledger.nowMs - Number(ledger.oldestEntryId.split('-')[0])
    // Stream ids never go back, so after a clock step an entry may seem to come from the future.
    return ageMs < 0 || ageMs > outboxAgeMaxMs ? 'OUTBOX_OLD' : null
  }
  return isOversold || ledger.available === item.total - item.persisted ? null : 'UNITS_DIFFER'
}

async function mend(context: SweepContext, itemId: number, amiss: Exclude<Amiss, null>): Promise<void> {
  switch (amiss) {
    case 'UNSOUND':
      return rebuild(context, itemId, true, { why: amiss })
    case 'TOTAL_BEHIND':
      await finishRestock(context.stores, itemId, holdWaitMs)
      return
    case 'STATE_BEHIND':
      await applySaleState(context.stores, itemId, holdWaitMs)
      return
    case 'OUTBOX_OLD':
      // Not waited for: one item's backlog must not keep the others from being looked after.
      void context
        .drain(itemId)
        .catch((error: unknown) => context.logger.warn({ itemId, err: error }, 'the drain is tried again'))
      return
    case 'UNITS_DIFFER':
      return reconcile(context, itemId)
  }
}

/** Rebuilds a ledger that differs from Postgres at one and the same instant. */
async function reconcile(context: SweepContext, itemId: number): Promise<void> {
  const audit = await auditOnce(context.stores, itemId)
  if (typeof audit === 'string' || audit.oversold + audit.undersold === 0) return
  const { oversold, undersold } = audit
  await rebuild(context, itemId, false, { why: 'UNITS_DIFFER', oversold, undersold })
}

/** What made a repair necessary, as the audit trail and the log tell it. */
interface Reason {
  readonly why: Exclude<Amiss, null>
  readonly oversold?: number
  readonly undersold?: number
}

async function rebuild(context: SweepContext, itemId: number, onlyIfUnsound: boolean, reason: Reason): Promise<void> {
  const { stores, logger } = context
  const rebuilt = await rebuildItem(stores, itemId, { waitMs: holdWaitMs, onlyIfUnsound })
  if (rebuilt.kind === 'SOUND_ALREADY' || rebuilt.kind === 'ITEM_NOT_FOUND') return
  if (rebuilt.kind === 'OVERSOLD') {
    logger.fatal({ itemId, units: rebuilt.units }, 'more units are active than there are: the item stays closed')
  } else if (rebuilt.epoch === 1) logger.info({ itemId }, 'made the ledger of a new item')
  else logger.warn({ itemId, ...reason, ...rebuilt }, 'rebuilt a ledger')
  const detail = { ...reason, outcome: rebuilt.kind, epoch: rebuilt.epoch }
  await recordAuditEvent(stores.database, { actor: 'worker', action: 'rebuild', itemId, detail })
}
