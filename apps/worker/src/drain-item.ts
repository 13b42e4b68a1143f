import { setTimeout as sleep } from 'node:timers/promises'
import { persistBatchSizeMax, persistOrders, type Persisted } from '@flash-sale/database/persist-orders'
import { acknowledge } from '@flash-sale/stock/acknowledge'
import { suspendLedger } from '@flash-sale/stock/change-ledger'
import { orderUuid } from '@flash-sale/stock/order-id'
import { readOutbox, type OutboxEntry, type WaitingOrder } from '@flash-sale/stock/outbox'
import { adoptOrders, type AdoptedBatch } from '@flash-sale/upkeep/adopt-orders'
import { setEntryAside } from '@flash-sale/upkeep/set-entry-aside'
import type { Stores } from '@flash-sale/upkeep/stores'
import type { Logger } from 'pino'

export interface DrainContext extends Stores {
  readonly logger: Logger
  /** Aborted when the process must stop. The batch in hand is finished, and no other is begun. */
  readonly signal: AbortSignal
  readonly onPersisted?: (orderCount: number, durationMs: number) => void
}

/** Entries in one read. Each has at most 256 orders, so one read fills one call. */
const entryCountMax = 64
const adoptRetryMs = 200

/**
 * Persists everything that waits in an item's outbox. It persists all waiting entries in one call, acknowledges them after the COMMIT, and
 * repeats until the outbox is empty. Several drains may run at once, since rows are keyed by orderId.
 * Rejects if a store does not answer. The entries stay then, and the drain must be run again.
 */
export async function drainItem(context: DrainContext, itemId: number): Promise<void> {
  let oldestId: string | undefined
  while (!context.signal.aborted) {
    const entries = await readOutbox(context.redis, itemId, entryCountMax)
    // An entry that could not be deleted would be read again and again.
    if (entries.length === 0 || entries[0]!.id === oldestId) return
    oldestId = entries[0]!.id
    for (const { id } of entries.filter(isForeign)) await setAside(context, itemId, id)
    for (const group of groupByEpoch(entries.filter((entry) => !isForeign(entry)))) {
      // A rebuild takes these entries then. Another read would only find them again.
      if ((await persistGroup(context, itemId, group)) === 'ANOTHER_LEDGER') return
    }
  }
}

function isForeign({ fault }: OutboxEntry): boolean {
  return fault !== undefined
}

async function setAside({ logger, ...stores }: DrainContext, itemId: number, entryId: string): Promise<void> {
  const fault = await setEntryAside(stores, itemId, entryId)
  if (fault !== undefined) logger.error({ itemId, entryId, fault }, 'an outbox entry is none of ours: it was put aside')
}

/** Persists entries of one epoch in one call and acknowledges them. */
async function persistGroup(
  context: DrainContext,
  itemId: number,
  entries: readonly OutboxEntry[],
): Promise<'ACKNOWLEDGED' | 'ANOTHER_LEDGER'> {
  const { redis, database, logger } = context
  const epoch = entries[0]!.epoch
  const orders = entries.flatMap((entry) => entry.orders)
  const startedAtMs = performance.now()
  const outcomes = await persistAll(database, itemId, epoch, orders)
  context.onPersisted?.(orders.length, performance.now() - startedAtMs)
  const stale = orders.filter((_, i) => outcomes[i] === 'stale')
  if (stale.length > 0) await adoptStale(context, itemId, stale)
  if (outcomes.includes('LEDGER_WRONG')) {
    logger.error({ itemId, epoch }, 'the ledger sold what Postgres refuses: suspended until it is rebuilt')
    await suspendLedger(redis, itemId, epoch)
  }
  for (const [i, outcome] of outcomes.entries()) {
    if (outcome !== 'conflict' && outcome !== 'quarantined') continue
    logger.error(
      { itemId, orderId: orderUuid(orders[i]!.orderId), outcome },
      'an accepted order could not be persisted',
    )
  }
  const entryIds = entries.map((entry) => entry.id)
  const acknowledged = await acknowledge(redis, itemId, epoch, entryIds)
  return acknowledged === 'ANOTHER_LEDGER' ? acknowledged : 'ACKNOWLEDGED'
}

async function persistAll(
  database: DrainContext['database'],
  itemId: number,
  epoch: number,
  orders: readonly WaitingOrder[],
): Promise<Persisted[]> {
  const outcomes: Persisted[] = []
  for (let i = 0; i < orders.length; i += persistBatchSizeMax) {
    const batch = orders.slice(i, i + persistBatchSizeMax)
    const withUuids = batch.map((order) => ({ ...order, orderId: orderUuid(order.orderId) }))
    outcomes.push(...(await persistOrders(database, itemId, { epoch }, withUuids)))
  }
  return outcomes
}

/**
 * Offers orders to the current ledger until it has judged them, since they may exist in this process alone. A stop waits for that, for as
 * long as the process may take.
 */
async function adoptStale(context: DrainContext, itemId: number, orders: readonly WaitingOrder[]): Promise<void> {
  context.logger.warn({ itemId, orderCount: orders.length }, 'orders of an older ledger are offered to the current one')
  for (;;) {
    const adopted = await adoptOrders(context, itemId, orders).catch((error: unknown) => {
      context.logger.warn({ itemId, err: error }, 'adoption is tried again')
      return 'LATER' as const
    })
    if (adopted !== 'LATER') return tellConflicts(context, itemId, adopted)
    await sleep(adoptRetryMs)
  }
}

function tellConflicts({ logger }: DrainContext, itemId: number, adopted: readonly AdoptedBatch[]): void {
  for (const { orders, judged } of adopted) {
    for (const { orderId } of orders.filter((_, i) => judged.verdicts[i] === 'KEY_CONFLICT')) {
      logger.error({ itemId, orderId: orderUuid(orderId) }, 'an accepted order was lost: its key stands for another')
    }
  }
}

function groupByEpoch(entries: readonly OutboxEntry[]): OutboxEntry[][] {
  const groups: OutboxEntry[][] = []
  for (const entry of entries) {
    const last = groups.at(-1)
    if (last?.[0]?.epoch === entry.epoch) last.push(entry)
    else groups.push([entry])
  }
  return groups
}
