import { setTimeout as sleep } from 'node:timers/promises'
import { readItem } from '@flash-sale/database/items'
import {
  persistBatchSizeMax,
  persistOrders,
  type Persisted,
  type PersistClaim,
} from '@flash-sale/database/persist-orders'
import { acknowledge } from '@flash-sale/stock/acknowledge'
import { setEntriesAside } from '@flash-sale/stock/aside'
import { suspendLedger } from '@flash-sale/stock/change-ledger'
import { isSameMaking, type Making } from '@flash-sale/stock/making'
import { orderUuid } from '@flash-sale/stock/order-id'
import { readEndedCount, readOutbox, type OutboxEntry, type WaitingOrder } from '@flash-sale/stock/outbox'
import { isOfAnother } from '@flash-sale/stock/read-ledger'
import { adoptOrders, type AdoptedBatch } from '@flash-sale/upkeep/adopt-orders'
import { setEntryAside } from '@flash-sale/upkeep/set-entry-aside'
import type { Stores } from '@flash-sale/upkeep/stores'
import type { Logger } from 'pino'

export interface DrainContext extends Stores {
  readonly logger: Logger
  /** Aborted when the process must stop. The batch in hand is finished, and no other is begun. */
  readonly signal: AbortSignal
  readonly onPersisted?: (orderCount: number, durationMs: number) => void
  /** Told of orders that are confirmed now, by their short ids. */
  readonly onConfirmed?: (itemId: number, making: Making, orderIds: readonly string[]) => void
}

/** Entries in one read. Each has at most 256 orders, so one read fills one call. */
const entryCountMax = 64
const adoptRetryMs = 200

/**
 * Persists everything that waits in an item's outbox. It persists all waiting entries in one call, acknowledges them after the COMMIT, and
 * repeats while there are more than one read takes. What comes meanwhile has its own ring, and is more by then: a drain that went on until the
 * outbox is empty would make a COMMIT of every few orders. Several drains may run at once, since rows are keyed by orderId.
 * Rejects if a store does not answer. The entries stay then, and the drain must be run again.
 */
export async function drainItem(context: DrainContext, itemId: number): Promise<void> {
  let oldestId: string | undefined
  while (!context.signal.aborted) {
    // In this order, and in one write: the version is then no lower than when the orders were sold.
    const [entries, endedCount] = await Promise.all([
      readOutbox(context.redis, itemId, entryCountMax),
      readEndedCount(context.redis, itemId),
    ])
    // An entry that could not be deleted would be read again and again.
    if (entries.length === 0 || entries[0]!.id === oldestId) return
    oldestId = entries[0]!.id
    for (const { id } of entries.filter(isFaulty)) await putInQuarantine(context, itemId, id)
    let isAllAcknowledged = true
    let hasAdopted = false
    for (const group of groupByMaking(entries.filter((entry) => !isFaulty(entry)))) {
      // The groups behind it may exist in this process alone.
      const persisted = await persistGroup(context, itemId, group, endedCount)
      if (persisted === 'ADOPTED') hasAdopted = true
      else if (persisted !== 'ACKNOWLEDGED') isAllAcknowledged = false
    }
    // A rebuild takes the entries that stay. Another read would only find them again.
    if (!isAllAcknowledged) return
    // Nobody rings for the entries of an adoption.
    if (entries.length < entryCountMax && !hasAdopted) return
  }
}

function isFaulty({ fault }: OutboxEntry): boolean {
  return fault !== undefined
}

async function putInQuarantine({ logger, ...stores }: DrainContext, itemId: number, entryId: string): Promise<void> {
  const fault = await setEntryAside(stores, itemId, entryId)
  if (fault !== undefined) logger.error({ itemId, entryId, fault }, 'an outbox entry is none of ours: it was put aside')
}

/** Persists entries of one making in one call and acknowledges them. `ADOPTED`: orders of them are in the outbox again, as the current ledger's. */
async function persistGroup(
  context: DrainContext,
  itemId: number,
  entries: readonly OutboxEntry[],
  endedCount: number,
): Promise<'ACKNOWLEDGED' | 'ADOPTED' | 'ANOTHER_LEDGER' | 'ANOTHER_POSTGRES' | 'DOUBTED'> {
  const { redis, database, logger } = context
  const { birth, epoch, totalVersion } = entries[0]!
  const orders = entries.flatMap((entry) => entry.orders)
  const startedAtMs = performance.now()
  const claim = { birth, epoch, totalVersion, endedCount, doubts: true }
  const outcomes = await persistAll(database, itemId, claim, orders)
  if (outcomes.includes('foreign') || outcomes.includes('forgotten')) {
    // Nobody is told that an order is accepted which this Postgres would not have. The sweep finds out what is to be done.
    await suspendOrKeep(context, itemId, entries)
    return 'ANOTHER_POSTGRES'
  }
  const decidedCount = outcomes.filter((outcome) => outcome !== 'doubtful').length
  context.onPersisted?.(decidedCount, performance.now() - startedAtMs)
  context.onConfirmed?.(itemId, { birth, epoch }, idsOf(orders.filter((_, i) => outcomes[i] === 'confirmed')))
  const stale = orders.filter((_, i) => outcomes[i] === 'stale')
  if (stale.length > 0 && (await adoptStale(context, itemId, birth, stale)) === 'ANOTHER_ITEM')
    return 'ANOTHER_POSTGRES'
  if (outcomes.includes('doubtful')) {
    logger.error({ itemId, epoch }, 'the ledger sold what Postgres refuses: suspended until it is rebuilt')
    // A rebuild takes the entries. It turns an order down only if no end that Postgres forgot makes room for it.
    await suspendOrKeep(context, itemId, entries)
    return 'DOUBTED'
  }
  for (const [i, outcome] of outcomes.entries()) {
    if (outcome !== 'conflict' && outcome !== 'quarantined') continue
    logger.error(
      { itemId, orderId: orderUuid(orders[i]!.orderId), outcome },
      'an accepted order could not be persisted',
    )
  }
  const entryIds = entries.map((entry) => entry.id)
  const acknowledged = await acknowledge(redis, itemId, { birth, epoch }, entryIds)
  if (acknowledged === 'ANOTHER_LEDGER') return acknowledged
  return stale.length > 0 ? 'ADOPTED' : 'ACKNOWLEDGED'
}

/** Suspends the ledger that these entries are of, which a rebuild then takes with them; or keeps them, if it is another by now. */
async function suspendOrKeep(context: DrainContext, itemId: number, entries: readonly OutboxEntry[]): Promise<void> {
  const { birth, epoch } = entries[0]!
  const isSuspended = await suspendLedger(context.redis, itemId, { birth, epoch })
  if (!isSuspended) await keepLeftBehind(context, itemId, entries)
}

/**
 * Entries that are not of the ledger beside them, so nothing else would ever take them. This process may be the only one to hold them: the
 * item's own are offered to its ledger, another item's go aside, and a line tells of those that are in the outbox no more.
 */
async function keepLeftBehind(context: DrainContext, itemId: number, entries: readonly OutboxEntry[]): Promise<void> {
  const { redis, database, logger } = context
  const item = await readItem(database, itemId)
  if (item && !isOfAnother(entries[0]!, item.birth)) {
    const orders = entries.flatMap((entry) => entry.orders)
    await adoptStale(context, itemId, entries[0]!.birth, orders)
    return
  }
  const waitingIds = new Set((await readOutbox(redis, itemId, entryCountMax)).map(({ id }) => id))
  for (const { id: entryId, birth, orders } of entries.filter(({ id }) => !waitingIds.has(id))) {
    const orderIds = orders.map(({ orderId }) => orderUuid(orderId))
    logger.error({ itemId, entryId, birth, orderIds }, 'orders of another item were let go')
  }
  if (!item) return
  const entryIds = entries.map(({ id }) => id)
  const entryCount = await setEntriesAside(redis, itemId, { owner: '', birth: item.birth }, entryIds)
  if (entryCount !== 0) logger.error({ itemId, entryCount }, 'outbox entries of another item were moved aside')
}

function idsOf(orders: readonly WaitingOrder[]): string[] {
  return orders.map(({ orderId }) => orderId)
}

async function persistAll(
  database: DrainContext['database'],
  itemId: number,
  claim: PersistClaim,
  orders: readonly WaitingOrder[],
): Promise<Persisted[]> {
  const outcomes: Persisted[] = []
  for (let i = 0; i < orders.length; i += persistBatchSizeMax) {
    const batch = orders.slice(i, i + persistBatchSizeMax)
    const withUuids = batch.map((order) => ({ ...order, orderId: orderUuid(order.orderId) }))
    outcomes.push(...(await persistOrders(database, itemId, claim, withUuids)))
  }
  return outcomes
}

/**
 * Offers orders to the current ledger until it has judged them, since they may exist in this process alone. A stop waits for that, for as
 * long as the process may take.
 */
async function adoptStale(
  context: DrainContext,
  itemId: number,
  birth: string,
  orders: readonly WaitingOrder[],
): Promise<'ADOPTED' | 'ANOTHER_ITEM'> {
  context.logger.warn({ itemId, orderCount: orders.length }, 'orders of an older ledger are offered to the current one')
  for (;;) {
    const adopted = await adoptOrders(context, itemId, birth, orders).catch((error: unknown) => {
      context.logger.warn({ itemId, err: error }, 'adoption is tried again')
      return 'LATER' as const
    })
    if (adopted === 'ANOTHER_ITEM') {
      context.logger.error({ itemId, orderCount: orders.length }, 'orders of another item are offered to no ledger')
      return adopted
    }
    if (adopted !== 'LATER') {
      tellConflicts(context, itemId, adopted)
      return 'ADOPTED'
    }
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

/** Entries that the same making of the ledger wrote, out of the same total. */
function groupByMaking(entries: readonly OutboxEntry[]): OutboxEntry[][] {
  const groups: OutboxEntry[][] = []
  for (const entry of entries) {
    const last = groups.at(-1)
    if (last && isOfSameMaking(last[0]!, entry)) last.push(entry)
    else groups.push([entry])
  }
  return groups
}

function isOfSameMaking(one: OutboxEntry, other: OutboxEntry): boolean {
  return isSameMaking(one, other) && one.totalVersion === other.totalVersion
}
