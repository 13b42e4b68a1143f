import type { ChartLine } from './chart-options.ts'

export interface ChartLegendProps {
  readonly lines: readonly ChartLine[]
  /** One value for each line. */
  readonly values: readonly string[]
}

const strokes: Record<ChartLine['colour'], string> = {
  'series-1': 'text-series-1',
  'series-2': 'text-series-2',
  'series-3': 'text-series-3',
  'series-4': 'text-series-4',
  'series-5': 'text-series-5',
  'series-6': 'text-series-6',
  'series-7': 'text-series-7',
  'series-8': 'text-series-8',
  line: '',
  'ink-soft': '',
}

/** Lists the lines of a chart: colour, dash, name and value. */
export function ChartLegend({ lines, values }: ChartLegendProps) {
  return (
    <dl className="flex min-h-6 flex-wrap content-start gap-x-4 gap-y-0.5 text-small">
      {lines.map(({ name, colour, dash }, i) => (
        <div key={name} className="flex items-center gap-1.5 whitespace-nowrap">
          <dt className="flex items-center gap-1.5 text-ink-soft">
            <svg viewBox="0 0 18 4" aria-hidden="true" className={`h-1 w-4.5 ${strokes[colour]}`}>
              <path d="M0 2h18" stroke="currentColor" strokeWidth="3" strokeDasharray={dash?.join(' ')} />
            </svg>
            {name}
          </dt>
          <dd className="min-w-[6ch] font-semibold">{values[i]}</dd>
        </div>
      ))}
    </dl>
  )
}
