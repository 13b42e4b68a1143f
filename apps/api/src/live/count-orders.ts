import { outcomeNames, totalOf, type OrderOutcome, type OrderTotal } from '@flash-sale/contract/order-outcomes'
import { createProcessCounts, type ProcessCounts } from '@flash-sale/reports/process-report'
import { durationBucketOf } from '@flash-sale/reports/process-report-durations'

/** What each outcome of an order counts as, in what this process reports of itself. */
export const totalOfOutcome = Object.fromEntries(outcomeNames.map((outcome) => [outcome, totalOf(outcome)])) as Record<
  OrderOutcome,
  OrderTotal
>

export interface OrderCounts extends ProcessCounts<'api'> {
  /** Called for each order: a few numbers are raised, and whoever wants them in another form makes it when asked. */
  readonly orderAnswered: (outcome: OrderOutcome, durationMs: number) => void
  readonly batchAnswered: (orderCount: number, durationMs: number) => void
}

/** Counts what this API process does, for its reports. */
export function createOrderCounts(): OrderCounts {
  const counts = createProcessCounts('api')
  const { totals, durations } = counts
  return {
    ...counts,
    orderAnswered(outcome, durationMs) {
      totals[totalOfOutcome[outcome]] += 1
      totals.orderMs += durationMs
      durations[durationBucketOf(durationMs)]! += 1
    },
    batchAnswered(orderCount, durationMs) {
      totals.batches += 1
      totals.batchOrders += orderCount
      totals.batchMs += durationMs
    },
  }
}
