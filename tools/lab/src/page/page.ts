import { readFile } from 'node:fs/promises'
import type { LabResults } from '../run-lab.ts'
import { answersOf, type Answer } from './answers.ts'
import { barsOf } from './bars.ts'
import { codeOf } from './code.ts'
import { both, escaped, paragraph, readLanguageSwitch } from '@flash-sale/kit/page-html'
import { glossary, howMade, howToRead, lead, pageTitle, project, sections, speedNote, work } from './introduction.ts'
import { matrixOf } from './matrix.ts'
import { sectionOf } from './section.ts'
import { storyOf } from './stories/all-stories.ts'
import { summaryOf } from './summary.ts'

// src and dist are equally deep.
const folder = new URL('../../src/page/', import.meta.url)

/** The run as one HTML page without other files, in English and Chinese. */
export async function pageOf(results: LabResults): Promise<string> {
  const { rows } = results
  const [style, script] = await Promise.all([readFile(new URL('page.css', folder), 'utf8'), readLanguageSwitch()])
  const fastest = Math.max(1, ...rows.map(({ load }) => load?.ordersPerSecond ?? 0))
  const told = await Promise.all(rows.map((row) => sectionOf(row, fastest)))
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(pageTitle.en)} · ${escaped(pageTitle.zh)}</title>
<style>${style}</style>
</head>
<body>
${patterns}
<header>
<div class="languages" role="group" aria-label="Language"><button type="button" data-language="en">English</button><button type="button" data-language="zh">中文</button></div>
<h1>${both(pageTitle)}</h1>
<p class="lead">${both(lead)}</p>
<p class="run">${both(project)}</p>
<p class="run">${runOf(results)}</p>
</header>
<main>
<section class="questions"><h2>${both(sections.questions)}</h2><div class="answers">${answersOf(results).map(answerOf).join('')}</div></section>
<section id="words"><h2>${both(sections.words)}</h2><dl>${glossary.map(wordOf).join('')}</dl></section>
<section id="field"><h2>${both(sections.field)}</h2>${summaryOf(rows)}</section>
<section id="faults"><h2>${both(sections.faults)}</h2>${matrixOf(rows)}</section>
<section><h2>${both(sections.speed)}</h2><p class="notes">${both(speedNote)}</p>${barsOf(rows, fastest)}</section>
<section class="reading"><h2>${both(sections.reading)}</h2>${howToRead.map((text) => `<p>${both(text)}</p>`).join('')}
<h3>${both(sections.work)} <code class="file">strategies/take-one.ts</code></h3><p>${both(work)}</p><pre><code>${await codeOf('take-one')}</code></pre></section>
${told.join('\n')}
<section class="made"><h2>${both(sections.made)}</h2>${howMade.map((text) => `<p>${both(text)}</p>`).join('')}</section>
</main>
<script>${script}</script>
</body>
</html>
`
}

/** The hatching of a paused process, for all drawings of the page. */
const patterns = `<svg width="0" height="0" style="position:absolute" aria-hidden="true"><defs><pattern id="hatched" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="6" height="6" class="hatch-back"/><line x1="0" x2="0" y1="0" y2="6" class="hatch-line"/></pattern></defs></svg>`

function runOf({ at, seed, tookMs, machine, versions, rows }: LabResults): string {
  const trialCount = rows.reduce((sum, row) => sum + row.trials.length, 0)
  const seconds = Math.round(tookMs / 1_000)
  const facts = both({
    en: `${at.slice(0, 10)}: ${trialCount} trials in ${seconds} s on ${machine}, seed ${seed}`,
    zh: `${at.slice(0, 10)}：${seconds} 秒内 ${trialCount} 次试验，${machine}，种子 ${seed}`,
  })
  return `${facts} · ${escaped(versions.join(', '))} · <code>npx pnpm lab</code>`
}

function answerOf({ question, short, sentences, see }: Answer): string {
  const links = see.map((id) => `<a href="#${id}">${both(storyOf(id).title)}</a>`)
  return `<article><h3>${both(question)}</h3><p class="short">${both(short)}</p>
<p>${paragraph(sentences)}</p><p class="see">${both(sections.see)}${links.join(both({ en: ', ', zh: '、' }))}</p></article>`
}

function wordOf({ term, meaning }: (typeof glossary)[number]): string {
  return `<div id="word-${term.en.split(/[ ,]/)[0]!.toLowerCase()}"><dt>${both(term)}</dt><dd>${both(meaning)}</dd></div>`
}
