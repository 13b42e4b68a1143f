import { setTimeout as sleep } from 'node:timers/promises'
import { orderIdsMax } from '@flash-sale/contract/problem'
import { readCountedOrders, type BuyerOfItem, type CountedOrder } from '@flash-sale/database/counted-orders'
import { answerWithin } from '@flash-sale/runtime/answer-within'
import { orderUuid } from '@flash-sale/stock/order-id'
import { readNewestEntries } from '@flash-sale/stock/outbox'
import { readHeldUnits } from '@flash-sale/stock/read-ledger'
import type { Stores } from '@flash-sale/upkeep/stores'

/** The ids of a buyer's orders that count against the limit, the newest first; undefined if they cannot be read now. Never rejects. */
export type FindCountedOrders = (itemId: number, buyer: string) => Promise<readonly string[] | undefined>

/** The longest wait for the list, since a buyer is served better by an early refusal without the list. */
const findWithinMs = 500
/** Buyers in one round. Further buyers get no list, which bounds the cost of a flood of refusals. */
const askedCountMax = 64
const pauseBetweenRoundsMs = 50
/** Entries that are read from an outbox. An outbox is much shorter while the worker keeps up. */
const entryCountMax = 64

interface Asked extends BuyerOfItem {
  readonly answer: (orderIds: readonly string[] | undefined) => void
}

/**
 * Finds the orders behind a LIMIT_REACHED, in Postgres and in the outbox. One round runs at a time, for all buyers who were refused
 * meanwhile: one statement, and an outbox only if Postgres lacks units that the ledger counts.
 */
export function createFindCountedOrders(
  { redis, database }: Pick<Stores, 'redis' | 'database'>,
  withinMs = findWithinMs,
): FindCountedOrders {
  let waiting: Asked[] = []
  let roundSinceMs: number | undefined

  async function runRounds(): Promise<void> {
    while (waiting.length > 0) {
      roundSinceMs = performance.now()
      const asked = waiting
      waiting = []
      const found = await findAll(asked).catch(() => undefined)
      for (const each of asked) each.answer(found && idsOf(each, found))
      await sleep(pauseBetweenRoundsMs)
    }
    roundSinceMs = undefined
  }

  async function findAll(asked: readonly BuyerOfItem[]): Promise<CountedOrder[]> {
    const held = await Promise.all(asked.map(({ itemId, buyer }) => readHeldUnits(redis, itemId, buyer)))
    const lacking = (orders: readonly CountedOrder[]) =>
      asked.filter((each, i) => {
        const own = orders.filter((order) => isOf(order, each))
        return own.length < orderIdsMax && unitsOf(own) < held[i]!
      })
    const stored = await readCountedOrders(database, asked, orderIdsMax)
    const unstored = lacking(stored)
    if (unstored.length === 0) return stored
    const itemIds = [...new Set(unstored.map(({ itemId }) => itemId))]
    const found = [...(await Promise.all(itemIds.map(waitingOrders))).flat(), ...stored]
    // An order that moved from the outbox to Postgres between the two reads is in neither result.
    const moved = lacking(found)
    return moved.length === 0 ? found : [...(await readCountedOrders(database, moved, orderIdsMax)), ...found]
  }

  /** The newest first. */
  async function waitingOrders(itemId: number): Promise<CountedOrder[]> {
    const entries = await readNewestEntries(redis, itemId, entryCountMax)
    const orders = entries.flatMap((entry) => entry.orders.toReversed())
    return orders
      .filter((order) => !order.refused)
      .map(({ orderId, buyer, quantity }) => ({ orderId: orderUuid(orderId), itemId, buyer, quantity }))
  }

  return async (itemId, buyer) => {
    const isStuck = roundSinceMs !== undefined && performance.now() - roundSinceMs > withinMs
    if (isStuck || waiting.length >= askedCountMax) return undefined
    const found = new Promise<readonly string[] | undefined>((answer) => waiting.push({ itemId, buyer, answer }))
    if (roundSinceMs === undefined) void runRounds()
    return answerWithin(found, withinMs, 'the look-up of counted orders').catch(() => undefined)
  }
}

function idsOf(asked: BuyerOfItem, orders: readonly CountedOrder[]): string[] {
  const ids = orders.filter((order) => isOf(order, asked)).map(({ orderId }) => orderId)
  return [...new Set(ids)].slice(0, orderIdsMax)
}

function isOf(order: BuyerOfItem, { itemId, buyer }: BuyerOfItem): boolean {
  return order.itemId === itemId && order.buyer === buyer
}

/** Drops the second copy of an order that is in both stores. */
function unitsOf(orders: readonly CountedOrder[]): number {
  const quantities = new Map(orders.map(({ orderId, quantity }) => [orderId, quantity]))
  return [...quantities.values()].reduce((sum, quantity) => sum + quantity, 0)
}
