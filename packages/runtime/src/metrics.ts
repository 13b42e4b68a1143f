import { collectDefaultMetrics, Registry } from 'prom-client'

/** A registry for one app, with prom-client's metrics of the process: CPU, memory, event loop, GC. */
export function createMetrics(): Registry {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  return registry
}
