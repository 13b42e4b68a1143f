import type { Reservation } from '@flash-sale/stock/reservation-batcher'
import { Counter, Gauge, Histogram, type Registry } from 'prom-client'
import type { OrderCounts } from '../live/count-orders.ts'

/** What the order path tells of itself. Called for each order or batch, so each costs next to nothing. */
export interface OrderMetrics {
  /** An order has its outcome. */
  readonly orderAnswered: (outcome: Reservation['kind'], durationMs: number) => void
  /** A batch was judged by its ledger, or refused as a whole. */
  readonly batchAnswered: (orderCount: number, durationMs: number) => void
}

const orderSecondsBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5]
const batchSizeBuckets = [1, 2, 4, 8, 16, 32, 64, 128, 256]

/** Registers the order path's metrics; `pendingCount` is read when they are collected. `counts` hears all of it too. */
export function createOrderMetrics(registry: Registry, counts: OrderCounts, pendingCount: () => number): OrderMetrics {
  const registers = [registry]
  const answered = new Counter({
    name: 'flash_sale_orders_total',
    help: 'Orders answered, by outcome.',
    labelNames: ['outcome'],
    registers,
  })
  const orderSeconds = new Histogram({
    name: 'flash_sale_order_seconds',
    help: 'Time from a valid order to its outcome.',
    buckets: orderSecondsBuckets,
    registers,
  })
  const batchSize = new Histogram({
    name: 'flash_sale_batch_orders',
    help: 'Orders sent to a ledger in one script.',
    buckets: batchSizeBuckets,
    registers,
  })
  const batchSeconds = new Histogram({
    name: 'flash_sale_batch_seconds',
    help: 'Time of one script, the way to Redis and back included.',
    buckets: orderSecondsBuckets,
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
  const byOutcome = new Map<Reservation['kind'], ReturnType<typeof answered.labels>>()
  return {
    orderAnswered(outcome, durationMs) {
      counts.orderAnswered(outcome, durationMs)
      let counter = byOutcome.get(outcome)
      if (!counter) byOutcome.set(outcome, (counter = answered.labels(outcome)))
      counter.inc()
      orderSeconds.observe(durationMs / 1_000)
    },
    batchAnswered(orderCount, durationMs) {
      counts.batchAnswered(orderCount, durationMs)
      batchSize.observe(orderCount)
      batchSeconds.observe(durationMs / 1_000)
    },
  }
}
