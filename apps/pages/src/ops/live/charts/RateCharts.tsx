import { liveHistorySeconds } from '@flash-sale/contract/live'
import { memo, useState } from 'react'
import { Panel } from '../../../design/Panel.tsx'
import { useOpsWords } from '../../words.ts'
import { useMarks, useRates } from '../model/live-cache.ts'
import { Internals, Shares } from './Internals.tsx'
import { MarkList } from './MarkList.tsx'
import { RateChart } from './RateChart.tsx'
import { RefusalChart } from './RefusalChart.tsx'
import { SinceOpening } from './SinceOpening.tsx'
import { SpanChoice, type ChartSpan } from './SpanChoice.tsx'
import { useChartKinds } from './use-chart-kinds.ts'

const none: readonly never[] = []

/** The rates of the last minutes or since a sale opened, one chart for each measure, and what happened meanwhile. */
export const RateCharts = memo(function RateCharts() {
  const words = useOpsWords().charts
  const samples = useRates() ?? none
  const marks = useMarks() ?? none
  const [span, setSpan] = useState<ChartSpan>(liveHistorySeconds)
  const isSinceOpening = span === 'sinceOpening'
  // Only orders are kept for longer than five minutes.
  const spanSeconds = isSinceOpening ? liveHistorySeconds : span
  const { orders, latency, outbox, drop: _drop, ...internals } = useChartKinds()
  const shared = { samples, spanSeconds, nothing: words.nothingMeasured }
  return (
    <Panel title={words.title} actions={<SpanChoice span={span} onChoose={setSpan} />}>
      <div className={`grid grid-cols-1 pb-2 md:grid-cols-2 ${isSinceOpening ? '' : '2xl:grid-cols-3'}`}>
        {isSinceOpening ? (
          <SinceOpening />
        ) : (
          <>
            <RateChart {...shared} {...orders} marks={marks} wide />
            <MarkList marks={marks} />
            <RefusalChart samples={samples} spanSeconds={spanSeconds} />
          </>
        )}
        {[latency, outbox].map((chart) => (
          <RateChart key={chart.title} {...shared} {...chart} {...(isSinceOpening && { unit: words.lastMinutes })} />
        ))}
      </div>
      <Internals>
        {Object.entries(internals).map(([kind, chart]) => (
          <RateChart key={kind} {...shared} {...chart} />
        ))}
        <Shares />
      </Internals>
    </Panel>
  )
})
