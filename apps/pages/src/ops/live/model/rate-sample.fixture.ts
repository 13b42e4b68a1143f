import type { RateSample } from '@flash-sale/contract/live'

/** A second in which nothing happened and nothing was measured. `given` replaces single fields. */
export function rateSample(given: Partial<RateSample> = {}): RateSample {
  return {
    at: '2026-11-22T10:00:00.000Z',
    accepted: 0,
    persisted: 0,
    refused: {},
    p50Ms: null,
    p99Ms: null,
    batchSize: null,
    outboxAgeMs: null,
    queueDepth: null,
    redisMicrosPerOrder: null,
    postgresMicrosPerOrder: null,
    ...given,
  }
}
