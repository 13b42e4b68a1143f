import { useMemo } from 'react'
import { useFormat } from '../../../language/LanguageContext.ts'
import { useOpsWords } from '../../words.ts'
import { refusedPerSecond } from '../model/peaks.ts'
import { niceTimeCeiling } from './chart-options.ts'
import type { RateChartProps } from './RateChart.tsx'

type ChartKind = Omit<RateChartProps, 'samples' | 'spanSeconds' | 'nothing'>

const dash = [5, 3]

/** The lines of each chart. The objects stay the same until the language changes, so that charts are not made anew. */
export function useChartKinds() {
  const words = useOpsWords().charts
  const format = useFormat()
  return useMemo(() => {
    const span = (ms: number) => format.span(ms)
    const rate = (value: number) => format.rate(value)
    const micros = (value: number) => format.micros(value)
    return {
      orders: {
        title: words.orders,
        formatValue: rate,
        unit: words.ordersUnit,
        lines: [
          { name: words.accepted, colour: 'series-1', reading: (sample) => sample.accepted },
          { name: words.persisted, colour: 'series-2', dash, reading: (sample) => sample.persisted },
        ],
      },
      drop: {
        title: words.orders,
        formatValue: rate,
        unit: words.ordersUnit,
        lines: [
          { name: words.accepted, colour: 'series-1', reading: (sample) => sample.accepted },
          { name: words.refusedInAll, colour: 'series-5', dash, reading: refusedPerSecond },
        ],
      },
      latency: {
        title: words.latency,
        formatValue: span,
        ceiling: niceTimeCeiling,
        lines: [
          { name: words.p50, colour: 'series-1', reading: (sample) => sample.p50Ms },
          { name: words.p99, colour: 'series-3', dash, reading: (sample) => sample.p99Ms },
        ],
      },
      cost: {
        title: words.cost,
        formatValue: micros,
        lines: [
          { name: words.redis, colour: 'series-4', reading: (sample) => sample.redisMicrosPerOrder },
          { name: words.postgres, colour: 'series-6', dash, reading: (sample) => sample.postgresMicrosPerOrder },
        ],
      },
      batch: {
        title: words.batch,
        formatValue: rate,
        unit: words.batchUnit,
        lines: [{ name: words.batch, colour: 'series-1', reading: (sample) => sample.batchSize }],
      },
      outbox: {
        title: words.outbox,
        formatValue: span,
        ceiling: niceTimeCeiling,
        lines: [{ name: words.outbox, colour: 'series-3', reading: (sample) => sample.outboxAgeMs }],
      },
      queue: {
        title: words.queue,
        formatValue: rate,
        unit: words.jobsUnit,
        lines: [{ name: words.queue, colour: 'series-5', reading: (sample) => sample.queueDepth }],
      },
    } satisfies Record<string, ChartKind>
  }, [words, format])
}
