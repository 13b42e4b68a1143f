import { durationBoundMs } from '@flash-sale/reports/process-report-durations'
import type { Histogram, MetricValueWithName } from 'prom-client'

/** Bounds are a tenth apart. Every fifth is shown, with three digits: from 0.1 ms to 9.3 s, each 1.6 times the one before. */
const shownEvery = 5

/**
 * A histogram of durations that were counted in the buckets of process-report-durations.ts. It is made when it is read, since counting in
 * prom-client as well cost a fiftieth of an order. `sumMs` is the sum of the durations.
 */
export function durationHistogram(
  { name, help }: { readonly name: string; readonly help: string },
  durations: readonly number[],
  sumMs: () => number,
): Histogram {
  const metric = {
    name,
    help,
    get: async () => {
      const values: MetricValueWithName<'le'>[] = []
      let count = 0
      for (const [bucket, n] of durations.entries()) {
        count += n
        const isLast = bucket === durations.length - 1
        if (bucket % shownEvery !== 0 || isLast) continue
        const le = Number((durationBoundMs(bucket) / 1_000).toPrecision(3))
        values.push({ metricName: `${name}_bucket`, labels: { le }, value: count })
      }
      values.push(
        { metricName: `${name}_bucket`, labels: { le: '+Inf' }, value: count },
        { metricName: `${name}_sum`, labels: {}, value: sumMs() / 1_000 },
        { metricName: `${name}_count`, labels: {}, value: count },
      )
      return { name, help, type: 'histogram', aggregator: 'sum', values }
    },
  }
  // A registry uses nothing else of a metric.
  return metric as unknown as Histogram
}
