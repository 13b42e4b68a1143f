import { styleText } from 'node:util'
import { isAsExpected, type LabResults, type RowResult } from '../run-lab.ts'
import type { TrialResult } from '../run-trial.ts'

const headings = ['strategy', 'fault', 'sold', 'verdict', 'orders/s', 'p99 ms', 'Redis', 'SQL']
/** Numbers stand to the right. */
const rightFrom = 4

interface Line {
  readonly cells: readonly string[]
  readonly tone: 'green' | 'red' | 'yellow'
  readonly isWrong: boolean
}

/** The run as a table, in colour if a person reads it. */
export function printTable(results: LabResults, print: (line: string) => void, isColoured: boolean): void {
  const paint = (style: 'bold' | 'dim' | 'green' | 'red' | 'yellow', text: string) =>
    isColoured ? styleText(style, text) : text
  const lines = results.rows.flatMap(linesOf)
  const widths = headings.map((heading, i) => Math.max(heading.length, ...lines.map(({ cells }) => cells[i]!.length)))
  const align = (text: string, i: number) => (i < rightFrom ? text.padEnd(widths[i]!) : text.padStart(widths[i]!))
  print('')
  print(paint('dim', headings.map(align).join('  ')))
  for (const { cells, tone, isWrong } of lines) {
    const aligned = cells.map(align)
    aligned[3] = paint(tone, aligned[3]!)
    print(`${aligned.join('  ').trimEnd()}${isWrong ? paint('bold', '  NOT AS EXPECTED') : ''}`)
  }
  print('')
  for (const why of new Set(results.rows.flatMap(({ skipped }) => skipped ?? []))) print(`Not run: ${why}`)
  const trials = results.rows.flatMap((row) => row.trials)
  const wrongCount = trials.filter((trial) => !trial.isAsExpected).length
  const seconds = Math.round(results.tookMs / 1_000)
  const all = `${trials.length} ${trials.length === 1 ? 'trial' : 'trials'} in ${seconds} s, seed ${results.seed}.`
  if (isAsExpected(results)) print(paint('green', `✔ ${all} Every verdict is the expected one.`))
  else print(paint('red', `✘ ${all} Verdicts that differ from the expected ones: ${wrongCount}.`))
  print(paint('dim', 'Redis, SQL: requests an order. Orders a second and p99: without a fault, 16 buyers at a time.'))
}

function linesOf(row: RowResult): Line[] {
  const { title, skipped, trials } = row
  if (skipped !== undefined) {
    return [{ cells: [title, 'not run', '', '-', '', '', '', ''], tone: 'yellow', isWrong: false }]
  }
  const harmless = trials.filter(({ isAsExpected: isRight, verdict }) => isRight && verdict.isSafe)
  const numbers = loadCells(row)
  const noNumbers = numbers.map(() => '')
  // A safe strategy has one line for the faults that it survives, and further lines only for its limit and for unexpected verdicts.
  const whole: Line[] =
    row.isSafe && harmless.length > 0
      ? [
          {
            cells: [title, `${harmless.length} of ${trials.length} faults`, soldOf(harmless[0]!), 'safe'],
            tone: 'green',
            isWrong: false,
          },
        ]
      : []
  const single = (row.isSafe ? trials.filter((trial) => !harmless.includes(trial)) : trials).map(lineOfTrial)
  return [...whole, ...single].map(({ cells, ...line }, i) => ({
    ...line,
    cells: [i === 0 ? title : '', ...cells.slice(1), ...(i === 0 ? numbers : noNumbers)],
  }))
}

function lineOfTrial(trial: TrialResult): Line {
  const { verdict, title } = trial
  return {
    cells: ['', title.en, soldOf(trial), verdict.findings.join(', ') || 'safe'],
    tone: verdict.isSafe ? 'green' : 'red',
    isWrong: !trial.isAsExpected,
  }
}

function soldOf({ verdict, stock }: TrialResult): string {
  return `${verdict.sold}/${stock}`
}

function loadCells({ load }: RowResult): string[] {
  if (!load) return ['', '', '', '']
  const { ordersPerSecond, p99Ms, requests } = load
  return [
    ordersPerSecond.toLocaleString('en-US'),
    p99Ms.toFixed(p99Ms < 10 ? 1 : 0),
    perOrder(requests.redis),
    perOrder(requests.sql),
  ]
}

function perOrder(count: number): string {
  return count === 0 ? '-' : count.toFixed(count < 1 ? 2 : 1)
}
