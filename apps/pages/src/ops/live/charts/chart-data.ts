import type { RateSample } from '@flash-sale/contract/live'

/** Reads the value of one chart line from a sample; null where nothing was measured. */
export type Reading = (sample: RateSample) => number | null

/** The form that uPlot draws: times in seconds, then one column for each line. */
export type ChartData = [times: number[], ...columns: (number | null)[][]]

/** The line has a gap where two samples are further apart than so many steps, since nobody measured there. */
const gapSteps = 2.5

/** The samples as columns. Missing samples leave a gap in the lines. `stepSeconds` is the time between two samples. */
export function chartData(samples: readonly RateSample[], readings: readonly Reading[], stepSeconds = 1): ChartData {
  const gapMs = gapSteps * stepSeconds * 1_000
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
