import { cancelOrders, endBatchSizeMax } from '@flash-sale/database/end-orders'
import { findLackingOrders } from '@flash-sale/database/find-lacking-orders'
import { keepEndedOrders } from '@flash-sale/database/keep-ended-orders'
import {
  persistBatchSizeMax,
  persistOrders,
  type OrderToPersist,
  type PersistClaim,
} from '@flash-sale/database/persist-orders'
import { orderUuid } from '@flash-sale/stock/order-id'
import { setEntriesAside } from '@flash-sale/stock/aside'
import { readOutbox } from '@flash-sale/stock/outbox'
import { isOfAnother } from '@flash-sale/stock/read-ledger'
import { rememberedOrders } from '@flash-sale/stock/rebuild-ledger'
import { askAgain } from './ask-again.ts'
import { HoldLostError, type HeldItem } from './hold-item.ts'
import { postgresExchanged } from './rebuild-refused.ts'
import { setEntryAside } from './set-entry-aside.ts'
import type { Stores } from './stores.ts'
import { noteTurnedDown, type TurnedDown } from './turned-down.ts'

/** The birth of the item whose orders are saved, and which of them were turned down: that is added. */
export interface Saving {
  readonly birth: string
  readonly turnedDown: TurnedDown
}

const outboxReadCount = 64

/**
 * Offers Postgres every order of an item's outbox that it lacks, under the fence, and returns how many orders there were. Deletes nothing of
 * the item: entries of another birth go aside, and entries that are none of ours into the quarantine.
 */
export async function saveOutbox(stores: Stores, held: HeldItem, saving: Saving): Promise<number> {
  const { birth } = saving
  let afterId: string | undefined
  let areEndsKnown = false
  for (let orderCount = 0; ;) {
    const entries = await readOutbox(stores.redis, held.itemId, outboxReadCount, afterId)
    if (entries.length === 0) return orderCount
    for (const { id, fault } of entries) {
      if (fault !== undefined) await askAgain(held.signal, () => setEntryAside(stores, held.itemId, id))
    }
    const foreign = entries.filter((entry) => isOfAnother(entry, birth))
    const foreignIds = foreign.map(({ id }) => id)
    if (foreign.length > 0) {
      const moved = await setEntriesAside(stores.redis, held.itemId, { owner: held.owner, birth }, foreignIds)
      if (moved === 'LEASE_LOST') throw new HoldLostError(held.itemId)
    }
    const own = entries.filter((entry) => !foreign.includes(entry)).flatMap((entry) => entry.orders)
    // To look for ends is far dearer than to offer, and they matter only to an order that does not fit.
    if (!areEndsKnown && (await offerLacking(stores, held, { ...saving, doubts: true }, own)) === 'DOUBTFUL') {
      await endAllForgotten(stores, held, birth)
      areEndsKnown = true
    }
    if (areEndsKnown) await offerLacking(stores, held, saving, own)
    orderCount += own.length
    afterId = entries.at(-1)!.id
  }
}

/**
 * Cancels orders (short ids) that gave their units back in the ledger, and that Postgres has as confirmed: it was restored from before
 * their end, and the units may have been sold again.
 */
export async function endForgotten(
  { database }: Pick<Stores, 'database'>,
  { itemId, signal }: HeldItem,
  orderIds: readonly string[],
): Promise<void> {
  const cancellation = { from: ['confirmed'], sellAgain: true, detail: { by: 'restore' } } as const
  for (let i = 0; i < orderIds.length; i += endBatchSizeMax) {
    const batch = orderIds.slice(i, i + endBatchSizeMax).map(orderUuid)
    await askAgain(signal, () => cancelOrders(database, itemId, batch, cancellation))
  }
}

/** Does so with every order that gave its units back in the ledger, and stores those that Postgres does not have at all. */
async function endAllForgotten(stores: Stores, held: HeldItem, birth: string): Promise<void> {
  for await (const orders of rememberedOrders(stores.redis, held.itemId)) {
    const ended = orders.filter(({ standing }) => standing === 'returned')
    const orderIds = ended.map(({ orderId }) => orderId)
    await endForgotten(stores, held, orderIds)
    await keepEnded(stores, held, birth, ended)
  }
}

/** Offers Postgres every order that the ledger remembers and Postgres lacks, under the fence. Deletes nothing. */
export async function saveRemembered(stores: Stores, held: HeldItem, saving: Saving): Promise<void> {
  for await (const orders of rememberedOrders(stores.redis, held.itemId)) {
    const known = orders.flatMap(({ standing, ...order }) =>
      standing === 'returned' ? [] : toPersist(order, standing),
    )
    await offerLacking(stores, held, saving, known)
    const ended = orders.filter(({ standing }) => standing === 'returned')
    await keepEnded(stores, held, saving.birth, ended)
  }
}

/** Has Postgres know again that these orders (short ids) ended, which it decided before it was restored. They take no units. */
async function keepEnded(
  { database }: Stores,
  { itemId, fence, signal }: HeldItem,
  birth: string,
  orders: readonly OrderToPersist[],
): Promise<void> {
  for (let i = 0; i < orders.length; i += persistBatchSizeMax) {
    const batch = orders.slice(i, i + persistBatchSizeMax).map(withUuid)
    const ids = batch.map((order) => order.orderId)
    const lacking = await askAgain(signal, () => findLackingOrders(database, ids))
    const ended = batch.filter((order) => lacking.has(order.orderId))
    if (ended.length === 0) continue
    const isOurs = await askAgain(signal, () => keepEndedOrders(database, itemId, { fence, birth }, ended))
    if (!isOurs) throw new HoldLostError(itemId)
  }
}

/** A refusal became a row when its outbox entry was persisted, and a Postgres that came back older has forgotten it. Why is not remembered. */
function toPersist(order: OrderToPersist, standing: 'held' | 'refused'): OrderToPersist {
  return standing === 'refused' ? { ...order, refused: 'SOLD_OUT' } : order
}

/**
 * `orders`: with short ids. `DOUBTFUL`: one of them does not fit, and some were not stored. To ask first is far cheaper than to have known orders
 * judged again.
 */
async function offerLacking(
  { database }: Stores,
  held: HeldItem,
  { turnedDown, ...claim }: Saving & Pick<PersistClaim, 'doubts'>,
  orders: readonly OrderToPersist[],
): Promise<'STORED' | 'DOUBTFUL'> {
  for (let i = 0; i < orders.length; i += persistBatchSizeMax) {
    const batch = orders.slice(i, i + persistBatchSizeMax).map(withUuid)
    const ids = batch.map((order) => order.orderId)
    const lacking = await askAgain(held.signal, () => findLackingOrders(database, ids))
    const offered = batch.filter((order) => lacking.has(order.orderId))
    if (offered.length === 0) continue
    const persist = () => persistOrders(database, held.itemId, { fence: held.fence, ...claim }, offered)
    const outcomes = await askAgain(held.signal, persist)
    if (outcomes.includes('stale')) throw new HoldLostError(held.itemId)
    // The rebuild would go on to drop orders that are nowhere else.
    if (outcomes.some((outcome) => outcome === 'foreign' || outcome === 'forgotten'))
      throw postgresExchanged(held.itemId)
    noteTurnedDown(turnedDown, offered, outcomes)
    if (outcomes.includes('doubtful')) return 'DOUBTFUL'
  }
  return 'STORED'
}

function withUuid(order: OrderToPersist): OrderToPersist {
  return { ...order, orderId: orderUuid(order.orderId) }
}
