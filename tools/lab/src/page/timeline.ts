import type { Hold } from '../checker/history.ts'
import type { Name } from '../faults/stage.ts'
import type { TrialResult } from '../run-trial.ts'
import { both } from '@flash-sale/kit/page-html'
import { timelineRows, type TimelineRow } from './timeline-rows.ts'

const widthPx = 106
const laneOf: Readonly<Record<Name, number>> = { A: 48, B: 70, C: 92 }
const barPx = 14
const bandFromPx = 38
/** Each row is as high as its text on a phone. */
const lineHeightPx = 14
const paddingPx = 10
const rowPxMin = 32
/** What fits into a line of a phone of 360 px, with the letters of page.css. Chinese letters are twice as wide. */
const lineLetters = { command: 27, other: 29 }

interface Drawing {
  readonly rows: readonly TimelineRow[]
  readonly heights: readonly number[]
  /** The middle of each row. */
  readonly middles: readonly number[]
  readonly height: number
  /** The position of an instant between the rows around it. */
  readonly yAt: (atMs: number) => number
}

/** Draws a trial: time runs down, each process has a lane, and bars show the holders of the lock. */
export function timelineOf(trial: TrialResult): string {
  const drawing = drawingOf(timelineRows(trial))
  const { rows, heights, middles, height } = drawing
  const parts = [
    ...lanes(drawing),
    ...together(trial.holds, drawing),
    ...trial.holds.map((hold) => holdBar(hold, drawing)),
    ...pauses(drawing),
    ...rows.map((row, i) => dot(row, middles[i]!)),
    ...rows.map((row, i) => timeLabel(row, middles[i]!)),
  ]
  const svg = `<svg width="${widthPx}" height="${height}" viewBox="0 0 ${widthPx} ${height}" aria-hidden="true">${parts.join('')}</svg>`
  const lines = rows.map(({ process, kind, text }, i) => {
    const chip = process ? `<b class="chip ${process}">${process}</b>` : ''
    return `<li class="${kind.replace(' ', '-')}" style="height:${heights[i]}px">${chip}<span>${both(text)}</span></li>`
  })
  return `<div class="timeline">${svg}<ol>${lines.join('')}</ol></div>`
}

function drawingOf(rows: readonly TimelineRow[]): Drawing {
  const heights = rows.map(rowHeight)
  const ends: number[] = []
  for (const height of heights) ends.push((ends.at(-1) ?? 0) + height)
  const middles = heights.map((height, i) => ends[i]! - height / 2)
  const height = ends.at(-1) ?? 0
  return { rows, heights, middles, height, yAt: scaleOf(rows, middles, height) }
}

function rowHeight({ kind, text }: TimelineRow): number {
  const letters = kind === 'command' ? lineLetters.command : lineLetters.other
  const lines = Math.max(...[text.en, text.zh].map((line) => Math.ceil(widthOf(line) / letters)))
  return Math.max(rowPxMin, lines * lineHeightPx + paddingPx)
}

function widthOf(line: string): number {
  return line.length + (line.match(/[\u2E80-\uFFFF]/g)?.length ?? 0)
}

function scaleOf(rows: readonly TimelineRow[], middles: readonly number[], height: number): (atMs: number) => number {
  return (atMs) => {
    const after = rows.findIndex((row) => row.atMs > atMs)
    if (after === 0) return 0
    const from = after === -1 ? rows.length - 1 : after - 1
    const before = rows[from]!
    const next = rows[after]
    if (!next) return atMs === before.atMs ? middles[from]! : height
    return middles[from]! + ((atMs - before.atMs) / (next.atMs - before.atMs)) * (middles[after]! - middles[from]!)
  }
}

function lanes({ rows, height, yAt }: Drawing): string[] {
  const names = (Object.keys(laneOf) as Name[]).filter((name) => rows.some((row) => row.process === name))
  return names.map((name) => {
    const killed = rows.find((row) => row.process === name && row.kind === 'killed')
    const end = killed ? yAt(killed.atMs) : height
    return `<line class="lane ${name}" x1="${laneOf[name]}" x2="${laneOf[name]}" y1="0" y2="${end}"/>`
  })
}

/** The bar of a holder, and a pale one from the moment when it begins to release the lock until that is done. */
function holdBar(hold: Hold, { rows, yAt }: Drawing): string {
  const lastMs = rows.at(-1)!.atMs
  if (hold.fromMs > lastMs) return ''
  const bar = (kind: string, fromMs: number, untilMs: number, heightMin: number) => {
    const from = yAt(fromMs)
    const height = Math.max(heightMin, yAt(Math.min(untilMs, lastMs)) - from)
    const x = laneOf[hold.process as Name] - barPx / 2
    return `<rect class="${kind} ${hold.process}" x="${x}" y="${from.toFixed(1)}" width="${barPx}" height="${height.toFixed(1)}" rx="4"/>`
  }
  const { untilMs, releasedMs } = hold
  const isReleasing = releasedMs !== undefined && untilMs < lastMs
  const pale = isReleasing ? bar('release', untilMs, releasedMs, 0) : ''
  return bar('hold', hold.fromMs, hold.untilMs, 6) + pale
}

/** Red while two processes hold the lock. */
function together(holds: readonly Hold[], { rows, yAt }: Drawing): string[] {
  const lastMs = rows.at(-1)!.atMs
  return holds.flatMap((a) =>
    holds
      .filter((b) => a !== b && a.fromMs < b.fromMs && b.fromMs < a.untilMs && b.fromMs <= lastMs)
      .map((b) => {
        const from = yAt(b.fromMs)
        const until = yAt(Math.min(a.untilMs, b.untilMs, lastMs))
        return `<rect class="both" x="${bandFromPx}" y="${from.toFixed(1)}" width="${widthPx - bandFromPx}" height="${Math.max(6, until - from).toFixed(1)}"/>`
      }),
  )
}

function pauses({ rows, middles }: Drawing): string[] {
  return rows.flatMap((row, i) => {
    if (row.kind !== 'paused' || !row.process) return []
    const end = rows.findIndex((other, j) => j > i && other.process === row.process && other.kind === 'resumed')
    const until = middles[end === -1 ? rows.length - 1 : end]!
    const x = laneOf[row.process] - barPx / 2
    return [`<rect class="pause" x="${x}" y="${middles[i]}" width="${barPx}" height="${until - middles[i]!}"/>`]
  })
}

function dot({ process, kind }: TimelineRow, y: number): string {
  if (!process)
    return kind === 'note' ? `<line class="note" x1="${bandFromPx}" x2="${widthPx}" y1="${y}" y2="${y}"/>` : ''
  const x = laneOf[process]
  if (kind === 'killed') return `<path class="cross" d="M${x - 6} ${y - 6}l12 12m0-12l-12 12"/>`
  return `<circle class="dot ${process}" cx="${x}" cy="${y}" r="${kind === 'command' ? 3 : 4.5}"/>`
}

/** Ms since the trial began. */
function timeLabel(row: TimelineRow, y: number): string {
  if (row.kind === 'rest') return ''
  return `<text x="33" y="${y + 4}" text-anchor="end">${Math.round(row.atMs).toLocaleString('en-US')}</text>`
}
