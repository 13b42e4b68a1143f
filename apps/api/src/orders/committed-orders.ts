import type { OrderView } from '@flash-sale/contract/orders'
import type { Database } from '@flash-sale/database/connect'
import { createFollowedOrders } from './followed-orders.ts'

/** The order as Postgres has it; `NOT_YET` when the time is over before; `TOO_MANY` when nothing was waited for. */
export type Committed = OrderView | 'NOT_YET' | 'TOO_MANY'

/** Waits for the COMMIT of an accepted order, until `gone` is aborted at the latest. Never rejects. */
export type WaitForCommit = (orderId: string, waitMs: number, gone: AbortSignal) => Promise<Committed>

/** As many as one question to Postgres asks for, so that each of them is asked about every 250 ms. */
const waitingCountMaxDefault = 2_000

/** Asks Postgres for the orders of all who wait, with one question at a time. Nobody waits in a process that is stopping. */
export function createWaitForCommit(
  database: Database,
  stopping: AbortSignal,
  waitingCountMax = waitingCountMaxDefault,
): WaitForCommit {
  const followed = createFollowedOrders(database)
  /** What ends each one's waiting. */
  const waiting = new Set<() => void>()
  stopping.addEventListener('abort', () => {
    for (const giveUp of waiting) giveUp()
  })

  return (orderId, waitMs, gone) => {
    if (waiting.size >= waitingCountMax) return Promise.resolve('TOO_MANY')
    return new Promise((resolve) => {
      const end = (committed: Committed) => {
        clearTimeout(timer)
        stopFollowing()
        waiting.delete(giveUp)
        resolve(committed)
      }
      const giveUp = () => end('NOT_YET')
      const timer = setTimeout(giveUp, waitMs)
      const stopFollowing = followed.follow(orderId, 'accepted', end)
      waiting.add(giveUp)
      gone.addEventListener('abort', giveUp)
      if (gone.aborted || stopping.aborted) giveUp()
    })
  }
}
