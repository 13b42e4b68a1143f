import { orderStatusFacts, takesUnits } from '@flash-sale/contract/order-statuses'
import { raiseEpoch, readItem, type ItemRow } from '@flash-sale/database/items'
import { persistBatchSizeMax, persistOrders, type OrderToPersist } from '@flash-sale/database/persist-orders'
import { ordersOfItem, type OrderRow } from '@flash-sale/database/read-orders'
import { orderUuid, shortOrderId } from '@flash-sale/stock/order-id'
import { readOutbox } from '@flash-sale/stock/outbox'
import { announceOffersFirst, type OffersFirst } from '@flash-sale/stock/offers-first'
import { readLedger } from '@flash-sale/stock/read-ledger'
import {
  beginRebuild,
  commitRebuild,
  loadChunk,
  loadChunkSizeMax,
  rememberedOrders,
  type LedgerRebuild,
} from '@flash-sale/stock/rebuild-ledger'
import { holdItem, HoldLostError, type HeldItem } from './hold-item.ts'
import { setEntryAside } from './set-entry-aside.ts'
import type { Stores } from './stores.ts'

export type Rebuilt =
  | { readonly kind: 'REBUILT'; readonly epoch: number; readonly available: number }
  /** Another holder had made it good before it was our turn. */
  | { readonly kind: 'SOUND_ALREADY' }
  /** More units are active in Postgres than there are in total: the ledger was made, closed, for a person to look at. */
  | { readonly kind: 'OVERSOLD'; readonly epoch: number; readonly units: number }
  | { readonly kind: 'ITEM_NOT_FOUND' }

export interface RebuildOptions {
  /** How long to wait for the item's lease. */
  readonly waitMs: number
  /** Leave a ledger alone that is loaded at the current epoch: what a sweep wants, and an operator does not. */
  readonly onlyIfUnsound: boolean
  /** The ledger looks sound, but its units are not those of Postgres: writes may be missing in it. */
  readonly unitsDiffer?: boolean
  /**
   * The API processes that are alive, which may remember orders that this Redis has lost: the ledger waits for their offers before it
   * sells. Default: none.
   */
  readonly liveApis?: OffersFirst['awaited']
  /** How long it waits for them at most. Default: 2 s. */
  readonly offersWithinMs?: number
}

/** How long a ledger waits for orders that only API processes remember, before their units are sold to others. */
const offersWithinMsDefault = 2_000

const outboxReadCount = 64

/**
 * Makes an item's ledger anew from Postgres (docs/rebuild.md), after offering Postgres all that this Redis still knows, so
 * that an accepted order which survived anywhere survives. A crash at any step leaves the item `rebuilding`, refusing with 503,
 * and anyone starts again. Rejects with HoldLostError or LockTimeoutError, and on any store that fails: try again.
 */
export async function rebuildItem(stores: Stores, itemId: number, options: RebuildOptions): Promise<Rebuilt> {
  const rebuilt = await holdItem(stores, itemId, 'rebuild', options.waitMs, async (held): Promise<Rebuilt> => {
    const wasSound = await isSound(stores, itemId)
    if (options.onlyIfUnsound && wasSound) return { kind: 'SOUND_ALREADY' }
    const rebuild = await beginRebuild(stores.redis, itemId, held.owner)
    if (rebuild === 'LEASE_LOST') throw new HoldLostError(itemId)
    await offerOutbox(stores, held)
    await offerRemembered(stores, held)
    const epoch = await raiseEpoch(stores.database, itemId, held.fence, rebuild.foundEpoch)
    if (epoch === null) throw new HoldLostError(itemId)
    // Nothing can be missing of a ledger that never was, or that was whole.
    const mayLackWrites = epoch > 1 && (!wasSound || options.unitsDiffer === true)
    const awaited = mayLackWrites ? (options.liveApis ?? []) : []
    const { offersWithinMs: withinMs = offersWithinMsDefault } = options
    return loadFromPostgres(stores, held, rebuild, epoch, { withinMs, awaited })
  })
  return rebuilt ?? { kind: 'ITEM_NOT_FOUND' }
}

/** A ledger is sound when it is loaded in this Redis, at the epoch that Postgres has. */
async function isSound({ redis, database }: Stores, itemId: number): Promise<boolean> {
  const [ledger, item] = await Promise.all([readLedger(redis, itemId), readItem(database, itemId)])
  return ledger !== 'NOT_LOADED' && ledger.epoch === item?.epoch
}

async function offerOutbox(stores: Stores, held: HeldItem): Promise<void> {
  let afterId: string | undefined
  for (;;) {
    const entries = await readOutbox(stores.redis, held.itemId, outboxReadCount, afterId)
    if (entries.length === 0) return
    for (const { id, fault } of entries) if (fault !== undefined) await setEntryAside(stores, held.itemId, id)
    const orders = entries.flatMap((entry) => entry.orders)
    await offer(
      stores,
      held,
      orders.map((order) => ({ ...order, orderId: orderUuid(order.orderId) })),
    )
    afterId = entries.at(-1)!.id
  }
}

async function offerRemembered(stores: Stores, held: HeldItem): Promise<void> {
  for await (const chunk of rememberedOrders(stores.redis, held.itemId)) {
    // What gave its units back was decided by Postgres, and a refusal stands in the outbox until it is a row: both are known there.
    const orders = chunk.filter((order) => order.standing === 'held')
    await offer(
      stores,
      held,
      orders.map(({ orderId, buyer, quantity, acceptedAtMs }) => ({
        orderId: orderUuid(orderId),
        buyer,
        quantity,
        acceptedAtMs,
      })),
    )
  }
}

async function offer({ database }: Stores, held: HeldItem, orders: OrderToPersist[]): Promise<void> {
  for (let i = 0; i < orders.length; i += persistBatchSizeMax) {
    held.signal.throwIfAborted()
    const batch = orders.slice(i, i + persistBatchSizeMax)
    const outcomes = await persistOrders(database, held.itemId, { fence: held.fence }, batch)
    if (outcomes.includes('stale')) throw new HoldLostError(held.itemId)
  }
}

/**
 * No snapshot is needed for the orders: nothing can be inserted at the old epoch, each row is read once, and `available`
 * is computed from the very rows that are loaded. An order cancelled meanwhile is loaded as held, and its release follows.
 */
async function loadFromPostgres(
  { redis, database }: Stores,
  held: HeldItem,
  rebuild: LedgerRebuild,
  epoch: number,
  offersFirst: OffersFirst,
): Promise<Rebuilt> {
  const item = await readItem(database, held.itemId)
  if (!item) return { kind: 'ITEM_NOT_FOUND' }
  const unitsOfBuyer = new Map<string, number>()
  let orderCount = 0
  let activeUnits = 0
  const load = async (orders: Parameters<typeof loadChunk>[2], buyers: Parameters<typeof loadChunk>[3]) => {
    held.signal.throwIfAborted()
    if ((await loadChunk(redis, rebuild, orders, buyers)) === 'LEASE_LOST') throw new HoldLostError(held.itemId)
  }
  await load([], [])
  for await (const rows of ordersOfItem(database, held.itemId, loadChunkSizeMax)) {
    for (const { buyer, quantity } of rows.filter(({ status }) => takesUnits(status))) {
      activeUnits += quantity
      unitsOfBuyer.set(buyer, (unitsOfBuyer.get(buyer) ?? 0) + quantity)
    }
    orderCount += rows.length
    await load(rows.map(toRemembered), [])
  }
  const buyers = [...unitsOfBuyer]
  for (let i = 0; i < buyers.length; i += loadChunkSizeMax) await load([], buyers.slice(i, i + loadChunkSizeMax))
  const rebuilt = await commit(
    redis,
    rebuild,
    item,
    { epoch, activeUnits, orderCount, buyerCount: buyers.length },
    offersFirst,
  )
  // Untold, they find out by themselves, and the ledger waits for the whole time.
  if (offersFirst.awaited.length > 0)
    await announceOffersFirst(redis, { itemId: held.itemId, epoch }).catch(() => undefined)
  return rebuilt
}

async function commit(
  redis: Stores['redis'],
  rebuild: LedgerRebuild,
  item: ItemRow,
  counted: { epoch: number; activeUnits: number; orderCount: number; buyerCount: number },
  offersFirst: OffersFirst,
): Promise<Rebuilt> {
  const available = item.total - counted.activeUnits
  const { epoch, orderCount, buyerCount } = counted
  const { total, purchaseLimit, opensAtMs, closesAtMs } = item
  const state = available < 0 ? 'closed' : item.state
  const window = { opensAtMs, closesAtMs }
  const head = {
    epoch,
    state,
    total,
    available: Math.max(0, available),
    purchaseLimit,
    orderCount,
    buyerCount,
    offersFirst,
    ...window,
  }
  const committed = await commitRebuild(redis, rebuild, head)
  if (committed !== 'COMMITTED') throw new Error(`rebuild of item ${item.itemId} ended with ${committed}`)
  if (available < 0) return { kind: 'OVERSOLD', epoch, units: -available }
  return { kind: 'REBUILT', epoch, available }
}

function toRemembered(row: OrderRow): { orderId: string } & Parameters<typeof loadChunk>[2][number] {
  const standing = orderStatusFacts[row.status].units
  const { buyer, quantity } = row
  return { orderId: shortOrderId(row.orderId), buyer, quantity, acceptedAtMs: row.acceptedAt.getTime(), standing }
}
