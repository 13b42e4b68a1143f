import { readFile } from 'node:fs/promises'
import { both, count, escaped, readLanguageSwitch } from '@flash-sale/kit/page-html'
import type { Text } from '@flash-sale/kit/text'
import { mayLose } from '../faults/fault.ts'
import { isWrong } from '../results/print-table.ts'
import { breachesIn, commandOf, tableOf, type FoundBreach, type TableRow } from '../results/table.ts'
import { breachKinds } from '../round/round-result.ts'
import { pointTitles } from '../round/points.ts'
import { hasBreach, type ChaosResults } from '../run-chaos.ts'
import {
  headings,
  howMade,
  lead,
  noBreach,
  pageTitle,
  sections,
  someBreach,
  survivalText,
  unknownText,
} from './words.ts'

// src and dist are equally deep.
const styleFile = new URL('../../src/page/page.css', import.meta.url)

const breachesPerRoundMax = 3

/** The run as one page that needs nothing else, in English and Chinese. */
export async function pageOf(results: ChaosResults): Promise<string> {
  const [style, script] = await Promise.all([readFile(styleFile, 'utf8'), readLanguageSwitch()])
  const rows = tableOf(results.rounds)
  const verdict = hasBreach(results) ? someBreach : noBreach
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(pageTitle.en)} · ${escaped(pageTitle.zh)}</title>
<style>${style}</style>
</head>
<body>
<header>
<div class="languages" role="group" aria-label="Language"><button type="button" data-language="en">English</button><button type="button" data-language="zh">中文</button></div>
<h1>${both(pageTitle)}</h1>
<p class="lead">${both(lead)}</p>
<p class="verdict ${hasBreach(results) ? 'bad' : 'good'}">${both(verdict)}</p>
<p class="run">${runOf(results)}</p>
</header>
<main>
<section><h2>${both(sections.table)}</h2><div class="wide">${tableHtml(rows)}</div></section>
${breachesHtml(breachesIn(results.rounds, breachesPerRoundMax))}
<section><h2>${both(sections.made)}</h2>${howMade.map((text) => `<p>${both(text)}</p>`).join('')}</section>
</main>
<script>${script}</script>
</body>
</html>
`
}

function runOf({ at, tookMs, rounds, command }: ChaosResults): string {
  const seconds = Math.round(tookMs / 1_000)
  const facts: Text = {
    en: `${at.slice(0, 10)}: ${rounds.length} faults in ${seconds} s`,
    zh: `${at.slice(0, 10)}：${seconds} 秒内 ${rounds.length} 次故障`,
  }
  return `${both(facts)} · <code>${escaped(command)}</code>`
}

function tableHtml(rows: readonly TableRow[]): string {
  const head = headings.map((heading) => `<th scope="col">${both(heading)}</th>`).join('')
  return `<table><thead><tr>${head}</tr></thead><tbody>${rows.map(rowHtml).join('\n')}</tbody></table>`
}

function rowHtml(row: TableRow, i: number, rows: readonly TableRow[]): string {
  const { fault, point, injectedCount, acceptedCount, lives, breachCounts, toldLossCount, unknown, recoveryMs } = row
  const isFirst = rows[i - 1]?.fault !== fault
  const name = isFirst ? `${both(fault.title)}<small>${both(survivalText(fault))}</small>` : ''
  const breaches = breachKinds.map((kind) => {
    const lost = kind === 'lost' && mayLose(fault) && toldLossCount > 0 ? ` (${count(toldLossCount)})` : ''
    return `<td class="number${breachCounts[kind] > 0 ? ' bad' : ''}">${count(breachCounts[kind])}${lost}</td>`
  })
  const counts = [injectedCount, acceptedCount, lives.paidCount, lives.givenBackCount, lives.refundedCount]
  const times = recoveryMs
    ? [recoveryMs.p50, recoveryMs.p99, recoveryMs.max].map((ms) => `<td class="number">${count(ms)}</td>`)
    : [`<td class="number bad" colspan="3">${both({ en: 'never', zh: '未恢复' })}</td>`]
  return `<tr class="${isWrong(row) ? 'wrong' : 'right'}${isFirst ? ' first' : ''}"><th scope="row">${name}</th><td>${both(pointTitles[point])}</td>
${counts.map((value) => `<td class="number">${count(value)}</td>`).join('')}${breaches.join('')}
<td>${both(unknownText(unknown))}</td>${times.join('')}</tr>`
}

function breachesHtml(found: readonly FoundBreach[]): string {
  if (found.length === 0) return ''
  const articles = found.map(
    ({ round, breach, known }) => `<article><h3>${escaped(`${round.fault}, ${round.point}`)}</h3>
<p>${escaped(breach.detail)}</p>${known === undefined ? '' : `<p>${both(sections.known)}: ${escaped(known)}</p>`}
${breach.excerpt.length === 0 ? '' : `<pre>${escaped(breach.excerpt.join('\n'))}</pre>`}<p><code>${escaped(commandOf(round))}</code></p></article>`,
  )
  return `<section><h2>${both(sections.breaches)}</h2>${articles.join('\n')}</section>`
}
