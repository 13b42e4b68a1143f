import { countOf, thresholdsOf, type K6Summary } from './k6-summary.ts'
import type { Plan } from './plan.ts'
import type { Target } from './target.ts'
import { figure, type AuditedItem, type Verdict } from './verdict.ts'

type Print = (line: string) => void

/** Prints the plan of the run before it starts. */
export function printPlan(plan: Plan, target: Target, buyerCount: number, print: Print): void {
  const { ratePerS, durationS } = plan.load
  const [hot] = plan.items
  const where = target.isGiven ? `at ${plan.baseUrl}` : `at a stack started for this run (${plan.baseUrl})`
  print(
    `${plan.scenario}: ${figure(ratePerS)} visits/s for ${durationS} s, ${figure(buyerCount)} buyers, ` +
      `${figure(hot?.total)} units of ${hot?.sku}, ${where}`,
  )
}

/** A run with a smaller share of its visits than this did not send the planned load. */
const fullShareMin = 0.98

const countersShown =
  /^(accepted|replayed|paid|left|cancelled|came_back)_orders$|^refused_|^(unexpected|ambiguous)_answers$|^buyers_who_gave_up$/
const trendsShown = /_duration$/
const trendsOfK6 = /^(iteration|group)_/
const quantiles = ['p(50)', 'p(95)', 'p(99)', 'max'] as const

/** Prints k6's results: the answers by kind, their times, and every threshold with the measured value. */
export function printAnswers(k6: K6Summary, planned: number, print: Print): void {
  const visitCount = countOf(k6, 'iterations')
  const isShort = visitCount < planned * fullShareMin
  const metrics = Object.entries(k6.metrics).toSorted(([a], [b]) => a.localeCompare(b))
  const counters = metrics.filter(([name]) => countersShown.test(name))
  const trends = metrics.filter(([name]) => trendsShown.test(name) && !trendsOfK6.test(name))
  print('')
  print(
    `Visits   ${figure(visitCount)} of ${figure(planned)}${isShort ? ': answers or k6 were too slow for this rate' : ''}`,
  )
  print('')
  print(`Answers (${figure(countOf(k6, 'http_reqs'))} requests)`)
  printTable(
    counters.map(([name, metric]) => [name, figure(metric?.values['count'])]),
    print,
  )
  print('')
  print('Time to answer, ms')
  const rows = trends.map(([name, metric]) => [
    name,
    ...['count', ...quantiles].map((statistic) => figure(metric?.values[statistic])),
  ])
  printTable([['', 'count', ...quantiles], ...rows], print)
  print('')
  print('Thresholds')
  const thresholds = thresholdsOf(k6).toSorted((a, b) => a.metric.localeCompare(b.metric))
  printTable(
    thresholds.map(({ metric, condition, ok, measured }) => [
      `${ok ? '✔' : '✘'} ${metric} ${condition}`,
      figure(measured),
    ]),
    print,
  )
}

const auditColumns = [
  'total',
  'available',
  'outboxUnits',
  'activeUnits',
  'returningUnits',
  'rows',
  'oversold',
  'undersold',
  'duplicates',
  'limitBreaches',
  'drift',
] as const

/** Prints the stores' numbers of each item, beside the buyers' answers. */
export function printAudit({ items }: Verdict, drainMs: number | undefined, print: Print): void {
  print('')
  print(
    drainMs === undefined
      ? 'Audit (the outbox was not empty in time)'
      : `Audit (every order in Postgres ${figure(drainMs)} ms after the last answer)`,
  )
  printTable([['  item', 'answered 202', ...auditColumns], ...items.map(auditRow)], print)
}

function auditRow({ item, acceptedCount, audit, faults }: AuditedItem): string[] {
  const name = `${faults.length === 0 ? '✔' : '✘'} ${item.sku} (${item.itemId})`
  return [name, figure(acceptedCount), ...auditColumns.map((column) => (audit ? figure(audit[column]) : '?'))]
}

/** The first column to the left, figures to the right. */
function printTable(rows: readonly (readonly string[])[], print: Print): void {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  for (const row of rows) {
    const cells = row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!)))
    print(`  ${cells.join('  ').trimEnd()}`)
  }
}
