import { recordAuditEvent } from '@flash-sale/database/audit-events'
import { readItem, type ItemRow } from '@flash-sale/database/items'
import { LockError } from '@flash-sale/lock/lock-errors'
import { isOfAnother, readLedger } from '@flash-sale/stock/read-ledger'
import { applySaleState } from '@flash-sale/upkeep/apply-sale-state'
import { auditOnce } from '@flash-sale/upkeep/audit-item'
import { isForgotten } from '@flash-sale/upkeep/begin-rebuild'
import { HoldLostError } from '@flash-sale/upkeep/hold-item'
import type { Stores } from '@flash-sale/upkeep/stores'
import { rebuildItem, type RebuildOptions } from '@flash-sale/upkeep/rebuild-item'
import { finishRestock } from '@flash-sale/upkeep/restock-item'
import { settleItem } from '@flash-sale/upkeep/settle-item'
import { tellTurnedDown, type TurnedDown } from '@flash-sale/upkeep/turned-down'
import type { Logger } from 'pino'
import { detailOfStores, tellOfStores } from '@flash-sale/upkeep/tell-of-stores'
import { findAmiss, type Amiss } from './find-amiss.ts'
import { tellMissedOffers } from './tell-missed-offers.ts'

export interface MendContext {
  readonly stores: Stores
  readonly logger: Logger
  readonly signal: AbortSignal
  /** Persists the orders in an item's outbox. */
  readonly drain: (itemId: number) => Promise<void>
  /** The API processes that may remember orders of an item. Default: none. */
  readonly liveApis?: (itemId: number) => NonNullable<RebuildOptions['liveApis']>
  /** The ledger of an item as this process saw it last. */
  readonly seen?: (itemId: number) => RebuildOptions['seen']
  /** This worker has just started: what it finds may be of the time before, and is expected after a restart of the stores. */
  readonly isStarting?: boolean
}

/** Short, since the holder of an item is repairing it already. The next sweep looks again. */
const holdWaitMs = 1_000

/** Repairs what a sweep found amiss with an item. Returns whether it did. Never rejects, so that one item's failure stops no other item. */
export async function mendItem(context: MendContext, item: ItemRow, amiss: Exclude<Amiss, null>): Promise<boolean> {
  const { itemId } = item
  if (context.signal.aborted) return false
  try {
    if (amiss === 'UNSOUND' && (await isMadeSince(context, item))) return false
    if (amiss === 'FORGOTTEN' && !(await isStillForgotten(context, item))) return false
    return await mend(context, itemId, amiss)
  } catch (error) {
    if (error instanceof LockError || error instanceof HoldLostError) {
      context.logger.info({ itemId, reason: error.message }, 'another process is at work on the item')
    } else context.logger.warn({ itemId, amiss, err: error }, 'the sweep could not mend the item; it tries again')
    return false
  }
}

/** While an item waits for a hand, another worker may make its ledger anew: neither its lease nor its fence is taken for that. */
async function isMadeSince({ stores }: MendContext, { itemId, epoch, birth }: ItemRow): Promise<boolean> {
  const ledger = await readLedger(stores.redis, itemId)
  return ledger !== 'NOT_LOADED' && !isOfAnother(ledger, birth) && ledger.epoch > epoch
}

/** A sweep reads the item first: what raised both in between looks forgotten, and neither lease nor fence is taken for that. */
async function isStillForgotten({ stores }: MendContext, { itemId, birth }: ItemRow): Promise<boolean> {
  const ledger = await readLedger(stores.redis, itemId)
  const item = await readItem(stores.database, itemId)
  return ledger === 'NOT_LOADED' || item?.birth !== birth || isForgotten(ledger, item)
}

async function mend(context: MendContext, itemId: number, amiss: Exclude<Amiss, null>): Promise<boolean> {
  switch (amiss) {
    case 'UNSOUND':
    case 'FORGOTTEN':
      return rebuild(context, itemId, true, { why: amiss })
    case 'OFFERS_MISSED':
      await tellMissedOffers(context.stores, context.logger, itemId)
      return false
    case 'TOTAL_BEHIND':
      if (await finishRestock(context.stores, itemId, holdWaitMs)) return true
      // A total that somebody lowered below what the ledger has sold: Postgres rejects the orders that wait, and the ledger is rebuilt.
      drain(context, itemId)
      return false
    case 'STATE_BEHIND':
      return applySaleState(context.stores, itemId, holdWaitMs)
    case 'OUTBOX_OLD':
      drain(context, itemId)
      return false
    case 'UNITS_DIFFER':
      return reconcile(context, itemId)
    default:
      amiss satisfies 'UNSETTLED'
      return settleItem(context.stores, itemId, holdWaitMs)
  }
}

/** The sweep does not wait for a drain, so that one item's backlog does not delay the others. */
function drain({ logger, ...context }: MendContext, itemId: number): void {
  void context.drain(itemId).catch((error: unknown) => logger.warn({ itemId, err: error }, 'the drain is tried again'))
}

/** Rebuilds a ledger if an audit shows that it differs from Postgres at one instant. */
async function reconcile(context: MendContext, itemId: number): Promise<boolean> {
  if (!(await differsAtOneInstant(context.stores, itemId))) return false
  const audit = await auditOnce(context.stores, itemId)
  if (typeof audit === 'string' || audit.oversold + audit.undersold === 0) return false
  const { oversold, undersold, available } = audit
  // A rebuild would leave this ledger closed, with nothing to sell. A person must look at the rows.
  if (available === 0 && oversold > 0 && (await readItem(context.stores.database, itemId))?.state === 'closed')
    return false
  return rebuild(context, itemId, false, { why: 'UNITS_DIFFER', oversold, undersold })
}

/** Whether units differ between two readings of the ledger that are the same: far cheaper to know than what an audit counts. */
async function differsAtOneInstant({ redis, database }: Stores, itemId: number): Promise<boolean> {
  const before = await readLedger(redis, itemId)
  const item = await readItem(database, itemId)
  const after = await readLedger(redis, itemId)
  if (before === 'NOT_LOADED' || after === 'NOT_LOADED' || !item || before.sequence !== after.sequence) return false
  return findAmiss(item, after, Number.POSITIVE_INFINITY) === 'UNITS_DIFFER'
}

/** The reason for a repair, for the audit trail and the log. */
interface Reason {
  readonly why: Exclude<Amiss, null>
  readonly oversold?: number
  readonly undersold?: number
}

async function rebuild(context: MendContext, itemId: number, onlyIfUnsound: boolean, reason: Reason): Promise<boolean> {
  const { stores, logger } = context
  const unitsDiffer = reason.why === 'UNITS_DIFFER'
  const known = { liveApis: context.liveApis?.(itemId) ?? [], seen: context.seen?.(itemId) }
  const onTurnedDown = (turnedDown: TurnedDown) => tellTurnedDown(logger, itemId, turnedDown)
  const options = { waitMs: holdWaitMs, onlyIfUnsound, unitsDiffer, onTurnedDown, ...known }
  const rebuilt = await rebuildItem(stores, itemId, options)
  if (!('epoch' in rebuilt)) return false
  if (rebuilt.kind === 'OVERSOLD') {
    logger.fatal({ itemId, units: rebuilt.units }, 'more units are active than there are: the item stays closed')
  } else if (rebuilt.epoch === 1) logger.info({ itemId }, 'made the ledger of a new item')
  else {
    const level = context.isStarting && reason.why === 'UNSOUND' ? 'info' : 'warn'
    logger[level]({ itemId, ...reason, ...rebuilt }, 'rebuilt a ledger')
  }
  tellOfStores(logger, itemId, rebuilt)
  const detail = { ...reason, outcome: rebuilt.kind, epoch: rebuilt.epoch, ...detailOfStores(rebuilt) }
  await recordAuditEvent(stores.database, { actor: 'worker', action: 'rebuild', itemId, detail })
  return true
}
