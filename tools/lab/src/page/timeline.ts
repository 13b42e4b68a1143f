import type { Hold } from '../checker/history.ts'
import type { Name } from '../faults/stage.ts'
import type { TrialResult } from '../run-trial.ts'
import { both } from '@flash-sale/kit/page-html'
import { timelineRows, type TimelineRow } from './timeline-rows.ts'

/** The same height as in page.css: three lines on a phone. */
const rowPx = 38
const widthPx = 106
const laneOf: Readonly<Record<Name, number>> = { A: 48, B: 70, C: 92 }
const barPx = 14
const bandFromPx = 38

/** Draws a trial: time runs down, each process has a lane, and bars show the holders of the lock. */
export function timelineOf(trial: TrialResult): string {
  const rows = timelineRows(trial)
  const height = rows.length * rowPx
  const yAt = scaleOf(rows)
  const parts = [
    ...lanes(rows, height, yAt),
    ...together(trial.holds, rows, yAt),
    ...trial.holds.map((hold) => holdBar(hold, rows, yAt)),
    ...pauses(rows),
    ...rows.map((row, i) => dot(row, yOf(i))),
    ...rows.map((row, i) => timeLabel(row, i)),
  ]
  const svg = `<svg width="${widthPx}" height="${height}" viewBox="0 0 ${widthPx} ${height}" aria-hidden="true">${parts.join('')}</svg>`
  const lines = rows.map(({ process, kind, text }) => {
    const chip = process ? `<b class="chip ${process}">${process}</b>` : ''
    return `<li class="${kind}">${chip}<span>${both(text)}</span></li>`
  })
  return `<div class="timeline">${svg}<ol>${lines.join('')}</ol></div>`
}

function yOf(index: number): number {
  return index * rowPx + rowPx / 2
}

/** The position of an instant between the rows around it. */
function scaleOf(rows: readonly TimelineRow[]): (atMs: number) => number {
  return (atMs) => {
    const after = rows.findIndex((row) => row.atMs > atMs)
    if (after === 0) return 0
    const from = after === -1 ? rows.length - 1 : after - 1
    const before = rows[from]!
    const next = rows[after]
    if (!next) return atMs === before.atMs ? yOf(from) : rows.length * rowPx
    return yOf(from) + ((atMs - before.atMs) / (next.atMs - before.atMs)) * rowPx
  }
}

function lanes(rows: readonly TimelineRow[], height: number, yAt: (atMs: number) => number): string[] {
  const names = (Object.keys(laneOf) as Name[]).filter((name) => rows.some((row) => row.process === name))
  return names.map((name) => {
    const killed = rows.find((row) => row.process === name && row.kind === 'killed')
    const end = killed ? yAt(killed.atMs) : height
    return `<line class="lane ${name}" x1="${laneOf[name]}" x2="${laneOf[name]}" y1="0" y2="${end}"/>`
  })
}

function span(hold: Hold, rows: readonly TimelineRow[], yAt: (atMs: number) => number): [number, number] {
  const lastMs = rows.at(-1)!.atMs
  return [yAt(hold.fromMs), yAt(Math.min(hold.untilMs, lastMs))]
}

function holdBar(hold: Hold, rows: readonly TimelineRow[], yAt: (atMs: number) => number): string {
  if (hold.fromMs > rows.at(-1)!.atMs) return ''
  const [from, until] = span(hold, rows, yAt)
  const x = laneOf[hold.process as Name] - barPx / 2
  const height = Math.max(6, until - from)
  return `<rect class="hold ${hold.process}" x="${x}" y="${from.toFixed(1)}" width="${barPx}" height="${height.toFixed(1)}" rx="4"/>`
}

/** Red while two processes hold the lock. */
function together(holds: readonly Hold[], rows: readonly TimelineRow[], yAt: (atMs: number) => number): string[] {
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

function pauses(rows: readonly TimelineRow[]): string[] {
  return rows.flatMap((row, i) => {
    if (row.kind !== 'paused' || !row.process) return []
    const end = rows.findIndex((other, j) => j > i && other.process === row.process && other.kind === 'resumed')
    const until = yOf(end === -1 ? rows.length - 1 : end)
    const x = laneOf[row.process] - barPx / 2
    return [`<rect class="pause" x="${x}" y="${yOf(i)}" width="${barPx}" height="${until - yOf(i)}"/>`]
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
function timeLabel(row: TimelineRow, index: number): string {
  if (row.kind === 'rest') return ''
  return `<text x="33" y="${yOf(index) + 4}" text-anchor="end">${Math.round(row.atMs).toLocaleString('en-US')}</text>`
}
