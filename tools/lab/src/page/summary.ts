import type { Text } from '@flash-sale/kit/text'
import type { RowResult } from '../run-lab.ts'
import type { TrialResult } from '../run-trial.ts'
import { findingNames, safeName } from './findings.ts'
import { both, count, escaped, shortNumber } from '@flash-sale/kit/page-html'
import { storyOf } from './stories/all-stories.ts'

const headings: readonly Text[] = [
  { en: 'strategy', zh: '做法' },
  { en: 'fault', zh: '故障' },
  { en: 'sold', zh: '卖出' },
  { en: 'verdict', zh: '裁决' },
  { en: 'orders/s', zh: '单/秒' },
  { en: 'p99 ms', zh: 'p99 毫秒' },
  { en: 'Redis', zh: 'Redis' },
  { en: 'SQL', zh: 'SQL' },
]

/** The whole field in one table; on a phone each row is a card. */
export function summaryOf(rows: readonly RowResult[]): string {
  const head = headings.map((heading) => `<th>${both(heading)}</th>`).join('')
  return `<table class="summary"><thead><tr>${head}</tr></thead><tbody>${rows.map(rowOf).join('')}</tbody></table>
<p class="notes">${both(note)}</p>`
}

const note: Text = {
  en: 'Sold: units that buyers were told they have, or that are on record for a buyer who got no answer, of those that there were. The numbers to the right are from runs without a fault: orders a second, the time within which 99 of 100 orders were answered (p99), and requests to Redis and SQL an order.',
  zh: '卖出：买家被告知买到的件数，加上没收到答复但已有订单的件数／原有库存。右边各列是没有故障时测得的：每秒订单数、100 单中 99 单在多少时间内得到答复（p99）、每单发往 Redis 和 SQL 的请求数。',
}

function rowOf(row: RowResult): string {
  const title = `<a href="#${row.id}">${both(storyOf(row.id).title)}</a>`
  if (row.skipped !== undefined) {
    return `<tr><td>${title}</td><td class="wide" colspan="7">${escaped(row.skipped)}</td></tr>`
  }
  const faults: Text =
    row.isSafe && row.trials.length > 1
      ? { en: `${row.trials.length} faults`, zh: `${row.trials.length} 种故障` }
      : listOf(row.trials)
  const sold = [...new Set(row.trials.map(({ verdict, stock }) => `${verdict.sold}/${stock}`))].join(', ')
  const { load } = row
  const numbers = load
    ? [count(load.ordersPerSecond), shortNumber(load.p99Ms), perOrder(load.requests.redis), perOrder(load.requests.sql)]
    : ['', '', '', '']
  const cells = [title, both(faults), sold, verdictOf(row), ...numbers]
  return `<tr>${cells.map((cell, i) => `<td><span class="label">${both(headings[i]!)}</span><span>${cell}</span></td>`).join('')}</tr>`
}

function listOf(trials: readonly TrialResult[]): Text {
  return {
    en: trials.map(({ title }) => title.en).join('; '),
    zh: trials.map(({ title }) => title.zh).join('；'),
  }
}

/** The findings of all trials of a strategy. Findings about the lock alone are left out if the strategy is safe. */
export function verdictOf({ trials, isSafe }: RowResult): string {
  const convicted = trials.filter(({ verdict }) => !verdict.isSafe)
  const safe = `<strong class="safe">${both(safeName)}</strong>`
  if (convicted.length === 0) return safe
  const found = new Set(convicted.flatMap(({ verdict }) => verdict.findings))
  const badges = [...found].map((finding) => `<strong class="unsafe">${both(findingNames[finding])}</strong>`).join(' ')
  if (!isSafe) return badges
  const but: Text = {
    en: `but for ${convicted.length} of ${trials.length}:`,
    zh: `但 ${trials.length} 种中有 ${convicted.length} 种除外：`,
  }
  return `${safe} ${both(but)} ${badges}`
}

function perOrder(requests: number): string {
  return requests === 0 ? '–' : shortNumber(requests)
}
