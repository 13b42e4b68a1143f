import { liveHistorySeconds } from '@flash-sale/contract/live'
import { memo, useState } from 'react'
import { Panel } from '../../../design/Panel.tsx'
import { useOpsWords } from '../../words.ts'
import { useMarks, useRates } from '../model/live-cache.ts'
import { Internals, Shares } from './Internals.tsx'
import { MarkList } from './MarkList.tsx'
import { RateChart } from './RateChart.tsx'
import { RefusalChart } from './RefusalChart.tsx'
import { SpanChoice } from './SpanChoice.tsx'
import { useChartKinds } from './use-chart-kinds.ts'

const none: readonly never[] = []

/** The rates of the last minutes, one chart for each measure, and what happened meanwhile. */
export const RateCharts = memo(function RateCharts() {
  const words = useOpsWords().charts
  const samples = useRates() ?? none
  const marks = useMarks() ?? none
  const [spanSeconds, setSpanSeconds] = useState(liveHistorySeconds)
  const { orders, latency, outbox, ...internals } = useChartKinds()
  const shared = { samples, spanSeconds, nothing: words.nothingMeasured }
  return (
    <Panel title={words.title} actions={<SpanChoice spanSeconds={spanSeconds} onChoose={setSpanSeconds} />}>
      <div className="grid pb-2 md:grid-cols-2">
        <RateChart {...shared} {...orders} marks={marks} wide />
        <MarkList marks={marks} />
        <RefusalChart samples={samples} spanSeconds={spanSeconds} />
        {[latency, outbox].map((chart) => (
          <RateChart key={chart.title} {...shared} {...chart} />
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
