import type { Text } from '@flash-sale/kit/text'
import type { RowResult } from '../run-lab.ts'
import type { TrialResult } from '../run-trial.ts'
import { codeOf, reserveCode } from './code.ts'
import { verdictText } from './findings.ts'
import { recordText } from './record-texts.ts'
import { both, count, escaped, paragraph, shortNumber } from '@flash-sale/kit/page-html'
import { storyOf } from './stories/all-stories.ts'
import { verdictOf } from './summary.ts'
import { timelineOf } from './timeline.ts'

const words = {
  mend: { en: 'What would fix it', zh: '怎么改进' },
  script: { en: 'The script that decides', zh: '裁决的脚本' },
  back: { en: '↑ back to the table', zh: '↑ 回到表格' },
  code: { en: 'The code', zh: '代码' },
  happened: { en: 'What happened in this run', zh: '这次运行中发生了什么' },
  speed: { en: 'Orders a second, without a fault', zh: '没有故障时每秒订单数' },
} satisfies Record<string, Text>

/** The clearest trials first: trials with two holders and few buyers. */
function featured(trials: readonly TrialResult[]): TrialResult | undefined {
  return trials.find(({ verdict }) => verdict.findings.includes('two holders')) ?? trials[0]
}

/** The page's section about one strategy. */
export async function sectionOf(row: RowResult, fastest: number): Promise<string> {
  const { title, sentences, mend } = storyOf(row.id)
  const verdict = row.skipped === undefined ? verdictOf(row) : ''
  const first = row.isSafe ? featured(row.trials) : undefined
  const trials = row.isSafe
    ? [first, ...row.trials.filter((trial) => trial !== first)].filter((trial) => trial !== undefined)
    : row.trials
  const openCount = row.isSafe ? 1 : trials.length
  const happened =
    row.skipped === undefined
      ? trials.map((trial, i) => trialOf(trial, i < openCount)).join('')
      : `<p class="skipped">${escaped(row.skipped)}</p>`
  return `<section id="${row.id}" class="strategy">
<h2>${both(title)} <span class="verdicts">${verdict}</span></h2>
<p class="story">${paragraph(sentences)}</p>
<div class="columns"><div>
<h3>${both(words.code)} <code class="file">strategies/${row.id}.ts</code></h3>
<pre><code>${await codeOf(row.id)}</code></pre>
${row.books === 'product' ? `<h3>${both(words.script)} <code class="file">packages/stock/src/reserve.lua</code></h3><pre><code>${await reserveCode()}</code></pre>\n` : ''}<h3>${both(words.mend)}</h3><p>${both(mend)}</p>
${speedOf(row, fastest)}
</div><div>
<h3>${both(words.happened)}</h3>
${happened}
</div></div>
<p class="see"><a href="#field">${both(words.back)}</a></p>
</section>`
}

function trialOf(trial: TrialResult, isOpen: boolean): string {
  const tone = trial.verdict.isSafe ? 'safe' : 'unsafe'
  return `<details${isOpen ? ' open' : ''}><summary>${both(trial.title)}</summary>
<p class="outcome ${tone}">${both(verdictText(trial))}</p>${timelineOf(trial)}</details>`
}

function speedOf(row: RowResult, fastest: number): string {
  const { load } = row
  if (!load) return ''
  const width = Math.max(0.5, (load.ordersPerSecond / fastest) * 100).toFixed(1)
  const notes: Text[] = [
    { en: `p99 ${shortNumber(load.p99Ms)} ms`, zh: `p99 ${shortNumber(load.p99Ms)} 毫秒` },
    ...requestsOf(load.requests),
  ]
  notes.push(recordText(row.books))
  if (load.processes === 1)
    notes.push({ en: 'in one process, all that it is made for', zh: '只用一个进程，它本来就只管一个进程' })
  if (load.gaveUp > 0) {
    notes.push({ en: `${count(load.gaveUp)} buyers timed out`, zh: `${count(load.gaveUp)} 个买家等待超时` })
  }
  if (load.oversold > 0) {
    const units = count(load.oversold)
    notes.push({
      en: `${units} of ${count(load.sold)} sales were of a unit already sold, without any fault`,
      zh: `没有任何故障，${count(load.sold)} 笔成交中有 ${units} 笔卖的是已经卖掉的那一件`,
    })
  }
  return `<h3>${both(words.speed)}</h3>
<div class="speed"><span class="bar"><span style="width:${width}%"></span></span><b>${count(load.ordersPerSecond)}</b></div>
<p class="notes">${notes.map(both).join(' · ')}</p>`
}

function requestsOf({ redis, sql, zookeeper }: NonNullable<RowResult['load']>['requests']): Text[] {
  const all: [number, string][] = [
    [redis, 'Redis'],
    [sql, 'SQL'],
    [zookeeper, 'ZooKeeper'],
  ]
  return all
    .filter(([requests]) => requests > 0)
    .map(([requests, store]) => ({
      en: `${shortNumber(requests)} requests to ${store} an order`,
      zh: `每单 ${shortNumber(requests)} 个 ${store} 请求`,
    }))
}
