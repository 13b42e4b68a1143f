import { memo } from 'react'
import { Panel } from '../../../design/Panel.tsx'
import { useOpsWords } from '../../words.ts'
import { useRates } from '../model/live-cache.ts'
import { RateChart } from './RateChart.tsx'
import { RefusalChart } from './RefusalChart.tsx'
import { useChartKinds } from './use-chart-kinds.ts'

const none: readonly never[] = []

/** The rates of the last five minutes, one chart for each measure. */
export const RateCharts = memo(function RateCharts() {
  const words = useOpsWords().charts
  const samples = useRates() ?? none
  const { orders, ...others } = useChartKinds()
  return (
    <Panel title={words.title} actions={<p className="text-small text-ink-soft">{words.window}</p>}>
      <div className="grid pb-2 md:grid-cols-2">
        <RateChart samples={samples} nothing={words.nothingMeasured} {...orders} wide />
        <RefusalChart samples={samples} />
        {Object.entries(others).map(([kind, chart]) => (
          <RateChart key={kind} samples={samples} nothing={words.nothingMeasured} {...chart} />
        ))}
      </div>
    </Panel>
  )
})
