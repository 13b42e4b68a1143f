import { styleText } from 'node:util'
import { isLate } from '../faults/fault.ts'
import { breachKinds } from '../round/round-result.ts'
import { hasBreach, type ChaosResults } from '../run-chaos.ts'
import { breachesIn, commandOf, tableOf, type TableRow } from './table.ts'

const headings = [
  'fault',
  'point',
  'times',
  'accepted',
  'paid',
  'given back',
  'refunded',
  'lost',
  'oversold',
  'duplicates',
  'stranded',
  'over limit',
  'money astray',
  'mistold',
  'unknown',
  'p50 ms',
  'p99 ms',
  'max ms',
]
/** Numbers stand to the right. */
const rightFrom = 2
const breachesPerRoundMax = 3

/** The run as a table, in colour if a person reads it; then every breach with its history. */
export function printTable(results: ChaosResults, print: (line: string) => void, isColoured: boolean): void {
  const paint = (style: 'bold' | 'dim' | 'green' | 'red', text: string) => (isColoured ? styleText(style, text) : text)
  const rows = tableOf(results.rounds)
  const cells = rows.map(cellsOf)
  const widths = headings.map((heading, i) => Math.max(heading.length, ...cells.map((row) => row[i]!.length)))
  const align = (text: string, i: number) => (i < rightFrom ? text.padEnd(widths[i]!) : text.padStart(widths[i]!))
  print('')
  print(paint('dim', headings.map(align).join('  ')))
  for (const [i, row] of rows.entries()) {
    const line = cells[i]!.map(align).join('  ')
    print(isWrong(row) ? paint('red', line) : line)
  }
  print('')
  print(
    paint(
      'dim',
      'unknown: wishes to which an answer was missing, and what they were: orders / not taken / never told.',
    ),
  )
  print(
    paint(
      'dim',
      'ms: from the end of the fault until every API sold every item again and what the outbox held was persisted.',
    ),
  )
  const late = rows.filter(({ fault, recoveryMs }) => recoveryMs && isLate(fault, recoveryMs.max))
  if (late.length > 0)
    print(
      `Later than it should be, on this machine: ${late.map(({ fault, point }) => `${fault.name}, ${point}`).join('; ')}`,
    )
  printBreaches(results, print)
  const { rounds, tookMs } = results
  const told = rounds.reduce((sum, { toldLossCount }) => sum + toldLossCount, 0)
  if (told > 0) print(`${told} orders were lost where nothing was left to bring them back from, and a process said so.`)
  const all = `${rounds.length} ${rounds.length === 1 ? 'fault' : 'faults'} in ${Math.round(tookMs / 1_000)} s.`
  if (!hasBreach(results))
    print(
      paint(
        'green',
        `✔ ${all} Nothing lost, sold twice, stranded or over the limit, and no money astray. ${again(results)}`,
      ),
    )
  else
    print(
      paint(
        'red',
        `✘ ${all} Rounds with a breach: ${rounds.filter(({ breaches }) => breaches.length > 0).length}. ${again(results)}`,
      ),
    )
}

function again({ command }: ChaosResults): string {
  return `Again: ${command}`
}

function printBreaches({ rounds }: ChaosResults, print: (line: string) => void): void {
  let last: string | undefined
  for (const { round, breach, known } of breachesIn(rounds, breachesPerRoundMax)) {
    const command = commandOf(round)
    if (command !== last) {
      print('')
      print(`✘ ${round.fault}, ${round.point}: ${round.breaches.length} found. Again: ${command}`)
      if (known !== undefined) print(`  known: ${known}`)
      for (const alarm of round.alarms) print(`  logged: ${alarm}`)
    }
    last = command
    print(`  ${breach.detail}`)
    for (const line of breach.excerpt) print(`    ${line}`)
  }
  if (last !== undefined) print('')
}

function cellsOf({
  fault,
  point,
  injectedCount,
  acceptedCount,
  lives,
  breachCounts,
  unknown,
  recoveryMs,
}: TableRow): string[] {
  return [
    fault.name,
    point,
    String(injectedCount),
    String(acceptedCount),
    ...[lives.paidCount, lives.givenBackCount, lives.refundedCount].map(String),
    ...breachKinds.map((kind) => String(breachCounts[kind])),
    unknownText(unknown),
    ...(recoveryMs ? [recoveryMs.p50, recoveryMs.p99, recoveryMs.max].map(String) : ['-', '-', 'never']),
  ]
}

function unknownText({ orderCount, refusedCount, neverToldCount }: TableRow['unknown']): string {
  const total = orderCount + refusedCount + neverToldCount
  return total === 0 ? '0' : `${total} = ${orderCount}/${refusedCount}/${neverToldCount}`
}

export function isWrong({ breachCounts }: TableRow): boolean {
  return breachKinds.some((kind) => breachCounts[kind] > 0)
}
