import { outcomeNames, totalOf, type OrderOutcome, type OrderTotal } from '@flash-sale/contract/order-outcomes'
import { createDropCounts, type DropCounts } from '@flash-sale/reports/drop-counts'
import { createProcessCounts, type ProcessCounts } from '@flash-sale/reports/process-report'
import { durationBucketOf } from '@flash-sale/reports/process-report-durations'

/** The total that each outcome of an order raises in this process' reports. */
export const totalOfOutcome = Object.fromEntries(outcomeNames.map((outcome) => [outcome, totalOf(outcome)])) as Record<
  OrderOutcome,
  OrderTotal
>

export interface OrderCounts extends ProcessCounts<'api'> {
  /** Called for each order, so it only raises a few numbers. Other forms of them are made when they are read. */
  readonly orderAnswered: (outcome: OrderOutcome, durationMs: number, itemId: number) => void
  readonly batchAnswered: (orderCount: number, durationMs: number) => void
  /** The same orders by item, for the items' drop records. */
  readonly drops: DropCounts
}

/** Counts the work of this API process, for its reports. */
export function createOrderCounts(): OrderCounts {
  const counts = createProcessCounts('api')
  const { totals, durations } = counts
  const drops = createDropCounts()
  return {
    ...counts,
    drops,
    orderAnswered(outcome, durationMs, itemId) {
      const total = totalOfOutcome[outcome]
      const bucket = durationBucketOf(durationMs)
      totals[total] += 1
      totals.orderMs += durationMs
      durations[bucket]! += 1
      drops.answered(itemId, total, bucket)
    },
    batchAnswered(orderCount, durationMs) {
      totals.batches += 1
      totals.batchOrders += orderCount
      totals.batchMs += durationMs
    },
  }
}
