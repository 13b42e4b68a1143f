import { collectDefaultMetrics, Registry } from 'prom-client'

/** A registry of its own for each app, with what prom-client measures of the process: CPU, memory, event loop, GC. */
export function createMetrics(): Registry {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  return registry
}
