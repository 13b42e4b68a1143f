import type { OrderToPersist, Persisted } from '@flash-sale/database/persist-orders'
import type { Logger } from '@flash-sale/runtime/logger'

/** Accepted orders that a rebuild offered to Postgres, and that could not be confirmed there. */
export interface TurnedDown {
  /** Orders that did not fit into the limit or the total: they are rows, `rejected`. */
  rejected: number
  /** Orders whose id has a row of another payload, which stands. */
  conflicts: number
  /** Orders that Postgres cannot store. */
  quarantined: number
  /** Some of all these, as UUIDs. */
  readonly orderIds: string[]
}

const namedCountMax = 100

export function noneTurnedDown(): TurnedDown {
  return { rejected: 0, conflicts: 0, quarantined: 0, orderIds: [] }
}

/** Adds what came of orders that were offered: `outcomes`, one of each. */
export function noteTurnedDown(
  turnedDown: TurnedDown,
  orders: readonly OrderToPersist[],
  outcomes: readonly Persisted[],
): void {
  for (const [i, { orderId, refused }] of orders.entries()) {
    const outcome = outcomes[i]
    // A row that is `rejected` already was made by a call whose answer was lost, unless the ledger itself had refused the order.
    if (outcome === 'LEDGER_WRONG' || (outcome === 'rejected' && !refused)) turnedDown.rejected += 1
    else if (outcome === 'conflict') turnedDown.conflicts += 1
    else if (outcome === 'quarantined') turnedDown.quarantined += 1
    else continue
    if (turnedDown.orderIds.length < namedCountMax) turnedDown.orderIds.push(orderId)
  }
}

/** Says which accepted orders a rebuild turned down. */
export function tellTurnedDown(logger: Pick<Logger, 'error'>, itemId: number, turnedDown: TurnedDown): void {
  logger.error({ itemId, ...turnedDown }, 'a rebuild could not confirm accepted orders')
}
