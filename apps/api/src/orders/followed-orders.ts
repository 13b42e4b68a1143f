import { comesAfter, type OrderStatus } from '@flash-sale/contract/order-statuses'
import type { OrderView } from '@flash-sale/contract/orders'
import type { Database } from '@flash-sale/database/connect'
import { readOrdersById } from '@flash-sale/database/read-orders'
import { viewOfRow } from './look-up-order.ts'

export type OrderListener = (view: OrderView) => void

export interface FollowedOrders {
  /** Hears each change of an order's status from `known` on, until the function that is returned is called. */
  follow(orderId: string, known: OrderStatus, listener: OrderListener): () => void
}

/** What each listener knows: two of one order may have read it at different times. */
type Listeners = Map<OrderListener, OrderStatus>

const askEveryMs = 250
/** Orders a question. More of them are asked about in turn, so that followers without number cost Postgres no more than this. */
const askedCountMax = 2_000

/** Asks Postgres for all followed orders of this process at once, one question at a time, for as long as there are any. */
export function createFollowedOrders(database: Database): FollowedOrders {
  /** In the order in which they are to be asked about. */
  const followed = new Map<string, Listeners>()
  let timer: NodeJS.Timeout | undefined

  function askLater(): void {
    timer = followed.size > 0 ? setTimeout(() => void askInTurn(), askEveryMs).unref() : undefined
  }

  async function askInTurn(): Promise<void> {
    // Who follows waits on: the next question may be answered.
    await askOnce().catch(() => undefined)
    askLater()
  }

  async function askOnce(): Promise<void> {
    const orderIds = [...followed.keys()].slice(0, askedCountMax)
    if (orderIds.length === 0) return
    // Before the answer: with a Postgres that fails the others have their turn too.
    for (const orderId of orderIds) moveToEnd(followed, orderId)
    const rows = await readOrdersById(database, orderIds)
    for (const row of rows) {
      const listeners = followed.get(row.orderId)
      const behind = [...(listeners ?? [])].filter(([, known]) => comesAfter(row.status, known))
      if (!listeners || behind.length === 0) continue
      const view = viewOfRow(row)
      for (const [listener] of behind) {
        listeners.set(listener, row.status)
        listener(view)
      }
    }
  }

  return {
    follow(orderId, known, listener) {
      const listeners: Listeners = followed.get(orderId) ?? new Map()
      listeners.set(listener, known)
      followed.set(orderId, listeners)
      if (!timer) askLater()
      return () => {
        listeners.delete(listener)
        if (listeners.size === 0 && followed.get(orderId) === listeners) followed.delete(orderId)
      }
    },
  }
}

function moveToEnd<Key, Value>(map: Map<Key, Value>, key: Key): void {
  const value = map.get(key)!
  map.delete(key)
  map.set(key, value)
}
