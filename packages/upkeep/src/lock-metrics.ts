import { countLocks, type LockCount } from '@flash-sale/lock/lock-counts'
import { Counter, Gauge, type Registry } from 'prom-client'

/** What an acquisition came to. Waiting ends with one of these. */
const outcomes = ['acquired', 'timedOut', 'aborted', 'unanswered', 'failed'] as const satisfies (keyof LockCount)[]

/** Registers the metrics of all item locks of this process. They are made when they are read, from counts that begin now. */
export function registerLockMetrics(registry: Registry): void {
  const counts = countLocks()
  const count = (): LockCount => counts.read().lock
  const metrics = [
    new Counter({
      name: 'flash_sale_lock_acquisitions_total',
      help: 'Item locks asked for, by outcome.',
      labelNames: ['outcome'],
      registers: [],
      collect() {
        this.reset()
        const counted = count()
        for (const outcome of outcomes) this.inc({ outcome }, counted[outcome])
      },
    }),
    new Counter({
      name: 'flash_sale_lock_lost_total',
      help: 'Leases of item locks that ended before they were released.',
      registers: [],
      collect() {
        this.reset()
        this.inc(count().lost)
      },
    }),
    new Counter({
      name: 'flash_sale_lock_wait_seconds_total',
      help: 'Time spent waiting for item locks.',
      registers: [],
      collect() {
        this.reset()
        this.inc(count().waitedMs / 1_000)
      },
    }),
    new Gauge({
      name: 'flash_sale_locks_held',
      help: 'Item locks that this process holds.',
      registers: [],
      collect() {
        this.set(count().held)
      },
    }),
  ]
  for (const metric of metrics) registry.registerMetric(metric)
}
