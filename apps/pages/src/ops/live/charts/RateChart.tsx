import 'uplot/dist/uPlot.min.css'
import type { RateSample } from '@flash-sale/contract/live'
import { useEffect, useMemo, useRef, useState } from 'react'
import uPlot from 'uplot'
import { useFormat } from '../../../language/LanguageContext.ts'
import { useOpsWords } from '../../words.ts'
import type { Mark } from '../model/marks.ts'
import { chartData, type Reading } from './chart-data.ts'
import { chartOptions, niceCeiling, type ChartLine } from './chart-options.ts'
import { ChartLegend } from './ChartLegend.tsx'
import { useColours } from './use-colours.ts'
import { useRootPx } from './use-root-px.ts'

export interface RateChartLine extends ChartLine {
  readonly reading: Reading
}

export interface RateChartProps {
  readonly title: string
  /** The same list for one kind of chart, since a new list makes a new chart. */
  readonly lines: readonly RateChartLine[]
  readonly samples: readonly RateSample[]
  /** The unit of the values, if `formatValue` does not write it. */
  readonly unit?: string
  readonly formatValue: (value: number) => string
  /** The top of the axis for the highest value; a round number if absent. */
  readonly ceiling?: (max: number) => number
  /** The text that replaces the chart while no line has a value. */
  readonly nothing: string
  /** The time that the chart shows, in seconds. */
  readonly spanSeconds: number
  /** The time between two samples, in seconds. Default: one. */
  readonly stepSeconds?: number
  /** What time the chart shows, in words, for those who do not see it. Default: the last five minutes. */
  readonly about?: string
  /** What happened meanwhile. */
  readonly marks?: readonly Mark[]
  /** The main chart: as wide as all charts of a row, and higher. */
  readonly wide?: boolean
}

const noMarks: readonly never[] = []

/** Draws one measure over the last minutes: its lines, and their values now or at the pointer. */
export function RateChart(props: RateChartProps) {
  const { title, unit, lines, samples, formatValue, nothing, spanSeconds, marks = noMarks, wide = false } = props
  const { ceiling = niceCeiling } = props
  const words = useOpsWords().charts
  const { stepSeconds = 1, about = words.lastMinutes } = props
  const rootPx = useRootPx()
  const heightPx = (wide ? 10.5 : 8) * rootPx
  const [point, setPoint] = useState<number | null>(null)
  const data = useMemo(
    () =>
      chartData(
        samples,
        lines.map(({ reading }) => reading),
        stepSeconds,
      ),
    [samples, lines, stepSeconds],
  )
  const box = useChart({ lines, data, heightPx, rootPx, formatValue, ceiling, spanSeconds, marks, onPoint: setPoint })
  const [times, ...columns] = data
  const isEmpty = !columns.some((column) => column.some((value) => value !== null))
  const shown = point !== null && point < times.length ? point : times.length - 1
  const values = lines.map(({ name }, i) => {
    const value = columns[i]?.[shown]
    return { name, value: typeof value === 'number' ? formatValue(value) : '–' }
  })
  const summary = words.summary(
    title,
    about,
    isEmpty ? nothing : values.map(({ name, value }) => `${name} ${value}`).join(', '),
  )
  return (
    <figure className={`flex min-w-0 flex-col gap-1 px-4 pt-2 pb-3 sm:px-5 ${wide ? 'col-span-full' : ''}`}>
      <figcaption className="font-semibold">
        {title} {unit && <span className="text-small font-normal text-ink-soft">{unit}</span>}
      </figcaption>
      <div className="relative" style={{ height: heightPx }}>
        <div ref={box} role="img" aria-label={summary} className="absolute inset-0 overflow-clip" />
        {isEmpty && (
          <p className="absolute inset-0 flex items-center justify-center pb-5 pl-10 text-small text-ink-soft">
            <span className="bg-surface px-2">{nothing}</span>
          </p>
        )}
      </div>
      <ChartLegend lines={lines} values={values.map(({ value }) => value)} />
    </figure>
  )
}

interface ChartInputs {
  readonly heightPx: number
  readonly rootPx: number
  readonly lines: readonly ChartLine[]
  readonly data: uPlot.AlignedData
  readonly spanSeconds: number
  readonly marks: readonly Mark[]
  readonly formatValue: (value: number) => string
  readonly ceiling: (max: number) => number
  readonly onPoint: (index: number | null) => void
}

/** Keeps one uPlot in the box. It is made anew when its look changes, gets the data each second, and is as wide as the box. */
function useChart({ heightPx, rootPx, lines, data, formatValue, ceiling, spanSeconds, marks, onPoint }: ChartInputs) {
  const box = useRef<HTMLDivElement>(null)
  const chart = useRef<uPlot>(null)
  const newest = useRef({ data, spanSeconds, marks })
  const colours = useColours()
  const format = useFormat()
  useEffect(() => {
    newest.current = { data, spanSeconds, marks }
    chart.current?.setData(data)
  }, [data, spanSeconds, marks])
  useEffect(() => {
    const element = box.current!
    const made = new uPlot(
      chartOptions({
        lines,
        colours,
        heightPx,
        rootPx,
        formatValue,
        ceiling,
        formatTime: format.minute,
        formatSecond: format.time,
        spanSeconds: () => newest.current.spanSeconds,
        markSeconds: () => newest.current.marks.map(({ atMs }) => atMs / 1_000),
        onPoint,
      }),
      newest.current.data,
      element,
    )
    chart.current = made
    const observer = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height: heightPx }))
    observer.observe(element)
    return () => {
      observer.disconnect()
      made.destroy()
      chart.current = null
    }
  }, [lines, colours, heightPx, rootPx, formatValue, ceiling, format, onPoint])
  return box
}
