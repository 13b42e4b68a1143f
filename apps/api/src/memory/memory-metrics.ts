import type { AcceptedBatches, MemoryCounts } from '@flash-sale/stock/accepted-batches'
import { Counter, Gauge, type Registry } from 'prom-client'

/** Registers what the memory of accepted orders tells of itself: read when it is asked for. */
export function registerMemoryMetrics(registry: Registry, accepted: AcceptedBatches): void {
  const show = (named: { readonly name: string; readonly help: string }, of: keyof MemoryCounts) =>
    new Gauge({
      ...named,
      registers: [registry],
      collect(): void {
        this.set(accepted.counts()[of])
      },
    })
  show({ name: 'flash_sale_remembered_orders', help: 'Orders accepted here and not known to be committed.' }, 'orders')
  show({ name: 'flash_sale_remembered_bytes', help: 'What they take in memory.' }, 'bytes')
  const dropped = new Counter({
    name: 'flash_sale_remembered_orders_dropped_total',
    help: 'Orders dropped from that memory, for it is bounded.',
    registers: [],
    collect(): void {
      this.reset()
      this.inc(accepted.counts().dropped)
    },
  })
  registry.registerMetric(dropped)
}
