import type { ProblemCode } from '@flash-sale/contract/problem'
import { createProcessCounts, type ProcessCounts } from '@flash-sale/reports/process-report'
import { durationBucketOf } from '@flash-sale/reports/process-report-durations'
import type { Reservation } from '@flash-sale/stock/reservation-batcher'

/** What each outcome of an order counts as, in what this process reports of itself. */
export const totalOfOutcome = {
  RESERVED: 'accepted',
  REPLAYED: 'replayed',
  KEY_CONFLICT: 'refused:KEY_CONFLICT',
  LIMIT_REACHED: 'refused:LIMIT_REACHED',
  SOLD_OUT: 'refused:SOLD_OUT',
  NOT_OPEN: 'refused:SALE_NOT_OPEN',
  CLOSED: 'refused:SALE_CLOSED',
  PAUSED: 'refused:SALE_PAUSED',
  BUSY: 'refused:BUSY',
  OVERLOADED: 'refused:OVERLOADED',
  NOT_LOADED: 'refused:UNAVAILABLE',
  OUTCOME_UNKNOWN: 'refused:OUTCOME_UNKNOWN',
} as const satisfies Record<Reservation['kind'], 'accepted' | 'replayed' | `refused:${ProblemCode}`>

export interface OrderCounts extends ProcessCounts {
  /** Called for each order: a few numbers are raised, and whoever wants them in another form makes it when asked. */
  readonly orderAnswered: (outcome: Reservation['kind'], durationMs: number) => void
  readonly batchAnswered: (orderCount: number, durationMs: number) => void
}

/** Counts what this API process does, for its reports. */
export function createOrderCounts(): OrderCounts {
  const counts = createProcessCounts([...Object.values(totalOfOutcome), 'orderMs', 'batches', 'batchOrders', 'batchMs'])
  const { totals, durations } = counts
  return {
    ...counts,
    orderAnswered(outcome, durationMs) {
      totals[totalOfOutcome[outcome]]! += 1
      totals['orderMs']! += durationMs
      durations[durationBucketOf(durationMs)]! += 1
    },
    batchAnswered(orderCount, durationMs) {
      totals['batches']! += 1
      totals['batchOrders']! += orderCount
      totals['batchMs']! += durationMs
    },
  }
}
