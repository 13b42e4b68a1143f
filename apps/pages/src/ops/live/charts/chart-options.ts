import type uPlot from 'uplot'
import type { ColourToken, Colours } from './use-colours.ts'

/** One line of a chart. */
export interface ChartLine {
  readonly name: string
  readonly colour: ColourToken
  /** Tells the line from others without colour. */
  readonly dash?: readonly number[]
}

export interface ChartLook {
  readonly lines: readonly ChartLine[]
  readonly colours: Colours
  readonly heightPx: number
  /** The size of the root's letters, in px: letters and margins of the chart grow with those of the page. */
  readonly rootPx: number
  /** Formats the numbers on the axis. */
  readonly formatValue: (value: number) => string
  /** The top of the axis for the highest value of the lines. */
  readonly ceiling: (max: number) => number
  readonly formatTime: (at: Date) => string
  readonly formatSecond: (at: Date) => string
  /** The time that the chart shows, in seconds. */
  readonly spanSeconds: () => number
  /** Moments to mark with a line, in seconds. */
  readonly markSeconds: () => readonly number[]
  /** Called with the index of the sample under the pointer, or null. */
  readonly onPoint: (index: number | null) => void
}

/** How uPlot draws a chart of the last minutes: no legend of its own, no zoom, one grid, the newest second at the right edge. */
export function chartOptions(look: ChartLook): uPlot.Options {
  const { lines, colours, heightPx, rootPx, formatValue, ceiling, spanSeconds, markSeconds, onPoint } = look
  const { fontFamily } = getComputedStyle(document.body)
  const fontPx = 0.75 * rootPx
  const font = `${fontPx}px ${fontFamily}`
  const axis = { stroke: colours['ink-soft'], font, ticks: { show: false } }
  const grid = { stroke: colours.line, width: 1 }
  return {
    width: 320,
    height: heightPx,
    padding: [0.625 * rootPx, 1.125 * rootPx, 0, 0],
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, points: { size: 6 }, sync: { key: 'rates' } },
    scales: {
      x: { time: true, range: (_, _min, max) => [(max ?? 0) - spanSeconds(), max ?? 0] },
      y: { range: (_, _min, max) => [0, ceiling(max ?? 0)] },
    },
    axes: [
      {
        ...axis,
        size: 1.375 * rootPx,
        gap: 5,
        incrs: [5, 15, 30, 60, 120, 300, 600, 1_800, 3_600, 10_800, 21_600, 86_400],
        space: (_, _axis, min, max, widthPx) => timeSpacePx((max - min) / widthPx, rootPx),
        grid: { show: false },
        values: (_, times, _axis, _space, incrSeconds) =>
          times.map((seconds) => (incrSeconds < 60 ? look.formatSecond : look.formatTime)(new Date(seconds * 1_000))),
      },
      {
        ...axis,
        size: ({ ctx }, texts) => {
          ctx.font = `${fontPx * devicePixelRatio}px ${fontFamily}`
          return axisPx(texts ?? [], (text) => ctx.measureText(text).width / devicePixelRatio, rootPx)
        },
        gap: axisGapPx,
        grid,
        splits: (_, _axis, _min, max) => [0, max / 2, max],
        values: (_, values) => values.map(formatValue),
      },
    ],
    series: [
      {},
      ...lines.map(({ name, colour, dash }, i) => ({
        label: name,
        stroke: colours[colour],
        width: 1.75,
        ...(i === 0 && { fill: faint(colours[colour]) }),
        ...(dash && { dash: [...dash] }),
        points: { show: false },
      })),
    ],
    hooks: {
      setCursor: [({ cursor }) => onPoint(cursor.idx ?? null)],
      draw: [(chart) => drawMarks(chart, markSeconds(), colours['ink-soft'])],
    },
  }
}

function drawMarks(chart: uPlot, markSeconds: readonly number[], colour: string): void {
  const { ctx, bbox } = chart
  ctx.save()
  ctx.strokeStyle = colour
  ctx.lineWidth = 1
  ctx.setLineDash([4, 4])
  for (const seconds of markSeconds) {
    const x = Math.round(chart.valToPos(seconds, 'x', true)) + 0.5
    if (x < bbox.left || x > bbox.left + bbox.width) continue
    ctx.beginPath()
    ctx.moveTo(x, bbox.top)
    ctx.lineTo(x, bbox.top + bbox.height)
    ctx.stroke()
  }
  ctx.restore()
}

const axisGapPx = 6

/** The width of the axis of values: the same for all charts of a row, unless a text with its unit is wider and would be cut. */
export function axisPx(texts: readonly string[], widthPx: (text: string) => number, rootPx: number): number {
  return Math.ceil(Math.max(3.375 * rootPx, ...texts.map((text) => widthPx(text) + axisGapPx)))
}

/** The next round number above `max` whose half is round too. The axis stays still while the line moves below it. */
export function niceCeiling(max: number): number {
  if (max <= 0) return 1
  const power = 10 ** Math.floor(Math.log10(max))
  const step = [1, 1.2, 1.6, 2, 3, 4, 5, 6, 8, 10].find((factor) => factor * power >= max) ?? 10
  return step * power
}

const minuteMs = 60_000
/** Minutes whose halves are round for a clock. */
const roundMinutes = [1, 2, 4, 6, 10, 20, 30, 60, 120, 240, 480, 720, 1_440]

/** The next round time above `maxMs`: of minutes and hours as a clock counts them, not of milliseconds. */
export function niceTimeCeiling(maxMs: number): number {
  const decimalMs = niceCeiling(maxMs)
  if (decimalMs < minuteMs) return decimalMs
  const minutes = roundMinutes.find((each) => each * minuteMs >= maxMs)
  const dayMs = 1_440 * minuteMs
  return minutes === undefined ? niceCeiling(maxMs / dayMs) * dayMs : minutes * minuteMs
}

/** The room of one time on the axis, in px: hours and minutes need less than those with seconds. */
export function timeSpacePx(secondsPerPx: number, rootPx: number): number {
  const withSeconds = 5 * rootPx
  return secondsPerPx * withSeconds < 60 ? withSeconds : 3 * rootPx
}

/** The same colour, faint. A computed colour ends in a bracket; the alpha goes before the bracket. */
function faint(colour: string): string {
  return colour.replace(/\)$/, ' / 0.1)')
}
