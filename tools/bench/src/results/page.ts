import type { Results } from './results.ts'
import { judgedSection } from './judged-section.ts'
import { textOf, type Cell, type Section } from './section.ts'
import { sectionsOf } from './sections.ts'

/** The results as one HTML page without other files. */
export function pageOf({ at, machine, settings, measured, judged }: Results): string {
  const { cores, cpu, memoryGiB, platform, node, redis, postgres } = machine
  const counts = (['met', 'missed', 'could not tell', 'not measured'] as const)
    .map((verdict) => [verdict, judged.filter((one) => one.verdict === verdict).length] as const)
    .filter(([, count]) => count > 0)
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Flash Sale: bench</title>
<style>${style}</style>
<main>
<header>
<h1>Flash Sale: what an order costs</h1>
<p>One run on one machine, everything in turns; ratios are of the same round. ${escape(counts.map(([verdict, count]) => `${count} ${verdict}`).join(', '))}.</p>
<p class="faint">${escape(`${at.slice(0, 10)} · ${cores} cores (${cpu}), ${memoryGiB} GiB, ${platform} · Node ${node}, Redis ${redis}, Postgres ${postgres} · ${settings.rounds} rounds of ${settings.sliceMs / 1_000} s at ${settings.connections} connections · API, stores and load generator share the cores`)}</p>
</header>
${[judgedSection(judged, { isWide: true }), ...sectionsOf(measured)].map(sectionHtml).join('\n')}
<footer class="faint">Made by <code>npx pnpm bench</code>. What each figure means: docs/performance.md.</footer>
</main>
</html>
`
}

function sectionHtml({ title, note, columns, rows }: Section): string {
  const head = columns.map((column) => `<th scope="col">${escape(column)}</th>`).join('')
  const body = rows.map((row) => `<tr>${row.map(cellHtml).join('')}</tr>`).join('\n')
  return `<section>
<h2>${escape(title)}</h2>
<p>${escape(note)}</p>
<div class="wide"><table>
<thead><tr>${head}</tr></thead>
<tbody>
${body}
</tbody>
</table></div>
</section>`
}

function cellHtml(cell: Cell, column: number): string {
  const text = textOf(cell)
  if (column === 0) return `<th scope="row"${classOf(cell, text)}>${escape(text)}</th>`
  if (typeof cell === 'string' || cell.bar === undefined) return `<td${classOf(cell, text)}>${escape(text)}</td>`
  const percent = (cell.bar * 100).toFixed(1)
  return `<td class="bar"><span style="width:${percent}%"></span><b>${escape(text)}</b></td>`
}

function classOf(cell: Cell, text: string): string {
  const classes = [
    ...(typeof cell !== 'string' && cell.isFaint ? ['faint'] : []),
    ...(typeof cell !== 'string' && cell.tone ? [cell.tone] : []),
    ...(/^[\d,.]+$/.test(text) ? ['number'] : []),
    ...(text.length > sentenceLengthMin ? ['sentence'] : []),
  ]
  return classes.length > 0 ? ` class="${classes.join(' ')}"` : ''
}

/** Text that may be broken into lines. */
const sentenceLengthMin = 30

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}

const style = `
:root { color-scheme: light dark; --ink: light-dark(#1c1f24, #e6e8eb); --quiet: light-dark(#6b7280, #9aa1ab); --line: light-dark(#e3e6ea, #2d3238);
  --paper: light-dark(#fff, #16181c); --bar: light-dark(#9db7f5, #3d5a9e); --good: light-dark(#15803d, #4ade80); --bad: light-dark(#b91c1c, #f87171); --unsure: light-dark(#a16207, #facc15) }
body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, sans-serif }
main { max-width: 72rem; margin: 0 auto; padding: 2rem 1rem 4rem }
h1 { font-size: 1.6rem; margin: 0 0 .5rem } h2 { font-size: 1.1rem; margin: 2.5rem 0 .25rem }
p { margin: .25rem 0 .75rem; max-width: 60rem } .faint { color: var(--quiet) }
.wide { overflow-x: auto } table { border-collapse: collapse; width: 100% }
th, td { text-align: left; padding: .3rem .75rem .3rem 0; border-bottom: 1px solid var(--line); font-weight: normal; white-space: nowrap }
thead th { color: var(--quiet); font-size: .85rem; vertical-align: bottom; white-space: normal }
tbody th { width: 1% } .sentence { white-space: normal; min-width: 14rem }
.number { font-variant-numeric: tabular-nums }
.bar { width: 34%; min-width: 9rem } .bar span { display: inline-block; height: .8em; background: var(--bar); border-radius: 2px; max-width: calc(100% - 3.5rem) }
.bar b { margin-left: .5rem; font-variant-numeric: tabular-nums }
.good { color: var(--good) } .bad { color: var(--bad) } .unsure { color: var(--unsure) }
footer { margin-top: 3rem }
`
