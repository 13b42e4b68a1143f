import { Counter, Gauge, Histogram, type Registry } from 'prom-client'
import { totalOfOutcome, type OrderCounts } from '../live/count-orders.ts'
import { durationHistogram } from './duration-histogram.ts'

/** Call it when a ledger has judged a batch, or refused it as a whole. */
export type CountBatch = (orderCount: number, durationMs: number) => void

const batchSecondsBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5]
const batchSizeBuckets = [1, 2, 4, 8, 16, 32, 64, 128, 256]

/** Registers the order path's metrics. Metrics of orders come from `counts` when they are read, so they cost an order nothing. */
export function registerOrderMetrics(registry: Registry, counts: OrderCounts, pendingCount: () => number): CountBatch {
  const registers = [registry]
  const { totals, durations } = counts
  const answered = new Counter({
    name: 'flash_sale_orders_total',
    help: 'Orders answered, by outcome.',
    labelNames: ['outcome'],
    registers: [],
    collect(): void {
      this.reset()
      for (const [outcome, total] of Object.entries(totalOfOutcome)) this.inc({ outcome }, totals[total])
    },
  })
  registry.registerMetric(answered)
  const named = { name: 'flash_sale_order_seconds', help: 'Time from a valid order to its outcome.' }
  registry.registerMetric(durationHistogram(named, durations, () => totals.orderMs))
  const batchSize = new Histogram({
    name: 'flash_sale_batch_orders',
    help: 'Orders sent to a ledger in one script.',
    buckets: batchSizeBuckets,
    registers,
  })
  const batchSeconds = new Histogram({
    name: 'flash_sale_batch_seconds',
    help: 'Time of one script, the way to Redis and back included.',
    buckets: batchSecondsBuckets,
    registers,
  })
  const pending = new Gauge({
    name: 'flash_sale_pending_orders',
    help: 'Orders that wait in this process for their outcome.',
    registers: [],
    collect(): void {
      this.set(pendingCount())
    },
  })
  registry.registerMetric(pending)
  return (orderCount, durationMs) => {
    counts.batchAnswered(orderCount, durationMs)
    batchSize.observe(orderCount)
    batchSeconds.observe(durationMs / 1_000)
  }
}
