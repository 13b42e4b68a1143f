import { comesAfter, type OrderStatus } from '@flash-sale/contract/order-statuses'
import type { OrderView } from '@flash-sale/contract/orders'
import type { Database } from '@flash-sale/database/connect'
import { readOrdersById } from '@flash-sale/database/read-orders'
import { viewOfRow } from './look-up-order.ts'

export type OrderListener = (view: OrderView) => void

export interface FollowedOrders {
  /** Calls `listener` at each change of the order's status from `known` on, until the returned function is called. */
  follow(orderId: string, known: OrderStatus, listener: OrderListener): () => void
}

/** The status that each listener knows. Two listeners of one order may have read it at different times. */
type Listeners = Map<OrderListener, OrderStatus>

const askEveryMs = 250
/** Orders in one statement. Further orders take turns, so that any number of followers costs Postgres the same. */
const askedCountMax = 2_000

/** Reads all followed orders of this process together, one statement at a time, while there are any. */
export function createFollowedOrders(database: Database): FollowedOrders {
  /** In the order in which they are read. */
  const followed = new Map<string, Listeners>()
  let timer: NodeJS.Timeout | undefined

  function askLater(): void {
    timer = followed.size > 0 ? setTimeout(() => void askInTurn(), askEveryMs).unref() : undefined
  }

  async function askInTurn(): Promise<void> {
    // Followers keep waiting, since the next statement may succeed.
    await askOnce().catch(() => undefined)
    askLater()
  }

  async function askOnce(): Promise<void> {
    const orderIds = [...followed.keys()].slice(0, askedCountMax)
    if (orderIds.length === 0) return
    // Moved to the end before the answer comes, so that other orders have their turn even if Postgres fails.
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
