import type { RateSample } from '@flash-sale/contract/live'

/** Reads the value of one chart line from a sample; null where nothing was measured. */
export type Reading = (sample: RateSample) => number | null

/** The form that uPlot draws: times in seconds, then one column for each line. */
export type ChartData = [times: number[], ...columns: (number | null)[][]]

/** The line has a gap where two samples are further apart than this, since nobody measured there. In ms. */
const gapMs = 2_500

/** The samples as columns. Missing samples leave a gap in the lines. */
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
