import type { RateSample } from '@flash-sale/contract/live'

/** One line of a chart, as numbers over time. */
export type Reading = (sample: RateSample) => number | null

/** Times in seconds, then one column for each line: what uPlot draws. */
export type ChartData = [times: number[], ...columns: (number | null)[][]]

/** Longer than this between two samples, and the line is broken there: nobody measured. In ms. */
const gapMs = 2_500

/** The samples as columns. Where samples are missing there is a gap, not a line from one side to the other. */
export function chartData(samples: readonly RateSample[], readings: readonly Reading[]): ChartData {
  const times: number[] = []
  const columns = readings.map((): (number | null)[] => [])
  let lastMs = Infinity
  for (const sample of samples) {
    const atMs = Date.parse(sample.at)
    if (atMs - lastMs > gapMs) {
      times.push((lastMs + 1_000) / 1_000)
      for (const column of columns) column.push(null)
    }
    times.push(atMs / 1_000)
    readings.forEach((reading, i) => columns[i]?.push(reading(sample)))
    lastMs = atMs
  }
  return [times, ...columns]
}
