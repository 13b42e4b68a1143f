import type { ProcessCounts } from '@flash-sale/reports/process-report'
import { Counter, Histogram, type Registry } from 'prom-client'

/** Receives what the worker persists, for its metrics. */
export interface PersistMetrics {
  /** Call it after a batch was committed, or was found to be committed. */
  readonly onPersisted: (orderCount: number, durationMs: number) => void
}

const batchSizeBuckets = [1, 4, 16, 64, 256, 1_024, 4_096, 16_384]
const secondsBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5]

/** Registers the worker's metrics. Also raises the counts of its reports. */
export function createPersistMetrics(registry: Registry, { totals }: ProcessCounts<'worker'>): PersistMetrics {
  const registers = [registry]
  const persisted = new Counter({
    name: 'flash_sale_persisted_orders_total',
    help: 'Orders taken from the outbox into Postgres.',
    registers,
  })
  const batchSize = new Histogram({
    name: 'flash_sale_persist_orders',
    help: 'Orders persisted together.',
    buckets: batchSizeBuckets,
    registers,
  })
  const batchSeconds = new Histogram({
    name: 'flash_sale_persist_seconds',
    help: 'Time to persist them, the way to Postgres and back included.',
    buckets: secondsBuckets,
    registers,
  })
  return {
    onPersisted(orderCount, durationMs) {
      totals.persisted += orderCount
      totals.persistMs += durationMs
      persisted.inc(orderCount)
      batchSize.observe(orderCount)
      batchSeconds.observe(durationMs / 1_000)
    },
  }
}
